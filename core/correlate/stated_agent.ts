/**
 * What agents say of a request's place among others: in header fields, and, where one WebSocket carries many requests, in the body.
 *
 * @see https://code.claude.com/docs/en/llm-gateway (request headers; read 2026-11-21)
 */
import type { DraftEvent, SubAgentRef } from "../model/draft.ts";

/** What Codex calls work of its own that is no agent's. */
const CODEX_PURPOSES: Readonly<Record<string, string>> = {
  compact: "summary",
  memory_consolidation: "memory",
};

/** Classes of Claude Code's requests that are not the task itself. */
const CLAUDE_PURPOSES: Readonly<Record<string, string>> = { compaction: "summary", auxiliary: "auxiliary" };
const CLAUDE_SUB_AGENTS: ReadonlySet<string> = new Set(["subagent", "workflow"]);
const CLAUDE_CLASS_HEADERS = ["x-claude-code-request-class", "x-claude-1p-request-class"];

/** A purpose, and the rule that told it. */
export interface StatedPurpose {
  readonly purpose: string;
  readonly rule: string;
}

/** Reads what a client states; one for each request. */
export class StatedAgent {
  readonly #draft: DraftEvent;
  #turn: Readonly<Record<string, unknown>> | undefined;

  constructor(draft: DraftEvent) {
    this.#draft = draft;
  }

  /** What the request is for, when that is not the agent's task. */
  purpose(): StatedPurpose | undefined {
    const codex = CODEX_PURPOSES[this.#read("x-openai-subagent") ?? ""];
    if (codex !== undefined) return { purpose: codex, rule: "header:x-openai-subagent" };
    if (this.#read("x-openai-memgen-request") === "true") {
      return { purpose: "memory", rule: "header:x-openai-memgen-request" };
    }
    if (this.#readTurn("request_kind") === "prewarm") {
      return { purpose: "prewarm", rule: "header:x-codex-turn-metadata" };
    }
    const claude = CLAUDE_PURPOSES[this.requestClass() ?? ""];
    return claude === undefined ? undefined : { purpose: claude, rule: `header:${CLAUDE_CLASS_HEADERS[0]}` };
  }

  /** Claude Code's word for the kind of a request: `main`, `subagent`, `workflow`, `compaction`, `auxiliary`. */
  requestClass(): string | undefined {
    return CLAUDE_CLASS_HEADERS.map((name) => this.#read(name)).find((value) => value !== undefined);
  }

  /** The sub-agent that makes the request; undefined when nothing says that one does. */
  subAgent(): SubAgentRef | undefined {
    return this.#claude() ?? this.#codex();
  }

  /** Names the user's turn the request belongs to. */
  turn(): string | undefined {
    // Copilot marks the request that a user began; what its agent sends after it has the mark `agent`.
    const copilot = this.#read("x-initiator") === "user" ? this.#read("x-request-id") : undefined;
    return this.#read("x-claude-code-prompt-id") ?? this.#read("x-opencode-request-id") ?? this.#readTurn("turn_id") ??
      copilot ?? this.#draft.call?.request?.sessionKeys?.["turn"];
  }

  /** The session that Codex names beside its turn. */
  session(): string | undefined {
    return this.#readTurn("session_id");
  }

  #claude(): SubAgentRef | undefined {
    const id = this.#read("x-claude-code-agent-id");
    const isClassed = CLAUDE_SUB_AGENTS.has(this.requestClass() ?? "");
    if (id === undefined && !isClassed) return undefined;
    const rule = id === undefined ? `header:${CLAUDE_CLASS_HEADERS[0]}` : "header:x-claude-code-agent-id";
    return toRef(rule, id, this.#read("x-claude-code-agent-type"), this.#read("x-claude-code-parent-agent-id"));
  }

  #codex(): SubAgentRef | undefined {
    const kind = this.#read("x-openai-subagent");
    const parent = this.#read("x-codex-parent-thread-id") ?? this.#readTurn("parent_thread_id");
    if (kind === undefined && parent === undefined) return undefined;
    const rule = kind === undefined ? "header:x-codex-parent-thread-id" : "header:x-openai-subagent";
    const id = this.#read("thread-id") ?? this.#readTurn("thread_id");
    return toRef(rule, id, this.#readTurn("agent_name") ?? kind, parent);
  }

  /** The newest word counts: what the body says belongs to this request, a WebSocket's header fields to all of its requests. */
  #read(name: string): string | undefined {
    const { call, exchange } = this.#draft;
    return call?.request?.clientMetadata?.[name] || exchange?.request.headers.get(name) || undefined;
  }

  #readTurn(name: string): string | undefined {
    const direct = this.#draft.call?.request?.clientMetadata?.[name];
    const value = direct ?? (this.#turn ??= parseRecord(this.#read("x-codex-turn-metadata")))[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  }
}

function toRef(
  rule: string,
  id: string | undefined,
  type: string | undefined,
  parent: string | undefined,
): SubAgentRef {
  return {
    ...(id !== undefined && { id }),
    ...(type !== undefined && { type }),
    ...(parent !== undefined && { parent }),
    rule,
  };
}

function parseRecord(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined || !text.startsWith("{")) return {};
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
