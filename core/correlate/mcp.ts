/**
 * MCP servers that change what they say of a tool. A server's list of tools is no event; the first call of a tool after its
 * definition became known, or became another one, carries the definition, and the server's own hints stand on every call. A
 * change is marked, with a link to the last call under the definition before.
 *
 * State: 16,384 tools, 2,048 definitions of at most 16 KiB that no call has told yet; oldest forgotten first.
 */
import { createHash } from "node:crypto";
import type { DraftEvent } from "../model/draft.ts";
import type { ToolDefinition } from "../model/model_call.ts";
import type { EventOf } from "../model/oisp_event.ts";
import { BoundedMap } from "./bounded_map.ts";
import type { Correlator, CorrelatorState } from "./correlator.ts";
import { addRelatedEvent } from "./derived_event.ts";

const LONGEST_DEFINITION = 16 * 1024;

interface KnownTool {
  /** SHA-256 of the definition; never published. */
  readonly hash: string;
  readonly hints: ToolDefinition["hints"];
  readonly isChanged: boolean;
  /** The last call of it, whatever its definition was then. */
  readonly lastCallId?: string;
}

/** Definitions of MCP tools, and their changes. */
export const mcp: Correlator = {
  id: "mcp",
  summary: "What MCP servers say of their tools, and when that changes",
  stability: "experimental",
  create: () => new McpStory(),
};

class McpStory implements CorrelatorState {
  readonly #tools = new BoundedMap<string, KnownTool>(16_384);
  readonly #untold = new BoundedMap<string, string>(2_048);

  push(draft: DraftEvent): readonly DraftEvent[] {
    const { event, call } = draft;
    if (call === undefined || event.event_type !== "agent.tool_call") return [];
    const server = call.endpoint ?? event.data.tool.server;
    if (server === undefined) return [];
    for (const tool of call.response?.toolDefinitions ?? []) this.#learn(`${server}\n${tool.name}`, tool);
    if (event.data.tool.name !== undefined) this.#tell(`${server}\n${event.data.tool.name}`, draft, event);
    return [];
  }

  advance(): readonly DraftEvent[] {
    return [];
  }

  close(): readonly DraftEvent[] {
    return [];
  }

  #learn(key: string, { definition = "", hints }: ToolDefinition): void {
    const hash = createHash("sha256").update(definition).digest("base64");
    const known = this.#tools.get(key);
    if (known?.hash === hash) {
      // Written again, so that what is still listed is not what is forgotten.
      this.#tools.set(key, { ...known, hints });
      return;
    }
    const lastCallId = known?.lastCallId;
    const isChanged = known !== undefined;
    this.#tools.set(key, { hash, hints, isChanged, ...(lastCallId !== undefined && { lastCallId }) });
    this.#untold.set(key, definition.length <= LONGEST_DEFINITION ? definition : "");
  }

  #tell(key: string, draft: DraftEvent, event: EventOf<"agent.tool_call">): void {
    const known = this.#tools.get(key);
    if (known === undefined) return;
    const { tool } = event.data;
    if (known.hints !== undefined) tool.annotations = toAnnotations(known.hints);
    const definition = this.#untold.get(key);
    if (definition !== undefined) {
      this.#untold.delete(key);
      if (definition !== "") tool.definition = definition;
      if (known.isChanged) tool.definition_changed = true;
      if (known.isChanged && known.lastCallId !== undefined) {
        addRelatedEvent(draft, { event_id: known.lastCallId, relationship: "related", rule: "definition_before" });
      }
    }
    this.#tools.set(key, { ...known, lastCallId: event.event_id });
  }
}

type Annotations = NonNullable<EventOf<"agent.tool_call">["data"]["tool"]["annotations"]>;

function toAnnotations(hints: NonNullable<ToolDefinition["hints"]>): Annotations {
  return {
    ...(hints.isReadOnly !== undefined && { read_only: hints.isReadOnly }),
    ...(hints.isDestructive !== undefined && { destructive: hints.isDestructive }),
    ...(hints.isIdempotent !== undefined && { idempotent: hints.isIdempotent }),
    ...(hints.isOpenWorld !== undefined && { open_world: hints.isOpenWorld }),
  };
}
