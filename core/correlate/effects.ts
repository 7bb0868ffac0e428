/**
 * What a tool call did: programs, files and connections of the processes it started carry the call that caused them
 * (`related_events`, `caused_by`), with the rule that decided it. A program belongs to a call when it runs below the agent that
 * made the call, was started while the call was open, and its arguments say so; everything it starts belongs to the call too,
 * unless a nearer agent asked for it. Where two open calls fit equally well, neither is named. A call whose one program has ended
 * took as long as that program.
 *
 * State: 64 open calls of each of 4,096 program runs, and the owners of 16,384 program runs; oldest forgotten first.
 */
import type { DraftEvent, StoryContext } from "../model/draft.ts";
import type { EventOf } from "../model/oisp_event.ts";
import { BoundedMap } from "./bounded_map.ts";
import { matchCommand, readCommand } from "./command_match.ts";
import type { Correlator, CorrelatorState } from "./correlator.ts";
import { toDurationMs } from "../model/time.ts";
import { addRelatedEvent } from "./derived_event.ts";

const MAX_OPEN_CALLS = 64;
/** Deepest chain of parents that is climbed. */
const MAX_DEPTH = 32;

interface OpenCall {
  readonly eventId: string;
  readonly callId: string | undefined;
  readonly command: string | undefined;
  readonly path: string | undefined;
  /** The call goes on after its result: programs it starts later still belong to it. */
  readonly isBackground: boolean;
  /** Programs that were started for it. */
  programs: number;
  /** Boot-clock start, and length, of the first of them. */
  startedNs?: number;
  durationMs?: number;
}

interface Owner {
  readonly eventId: string;
  readonly rule: string;
  readonly confidence: number;
  /** The call, when this is the very program it asked for. */
  readonly call?: OpenCall;
}

/** Effects of tool calls. */
export const effects: Correlator = {
  id: "effects",
  summary: "Programs, files and connections, linked to the tool call that caused them",
  stability: "experimental",
  create: () => new EffectsStory(),
};

class EffectsStory implements CorrelatorState {
  /** Open calls by the program run that made them. */
  readonly #open = new BoundedMap<number, OpenCall[]>(4_096);
  /** Calls that own a program run. */
  readonly #owners = new BoundedMap<number, Owner>(16_384);
  /** The same by process id: a program that execs another hands its call on. */
  readonly #ownersByPid = new BoundedMap<number, Owner>(16_384);

  push(draft: DraftEvent, context: StoryContext): readonly DraftEvent[] {
    const { event } = draft;
    if (event.event_type === "agent.tool_call") this.#call(draft, event);
    else if (event.event_type === "agent.tool_result") this.#result(draft, event);
    else if (event.event_type === "process.exec") this.#exec(draft, event, context);
    else if (event.event_type === "process.exit") this.#exit(draft, event);
    else if (isEffect(draft)) this.#effect(draft, context);
    return [];
  }

  advance(): readonly DraftEvent[] {
    return [];
  }

  close(): readonly DraftEvent[] {
    return [];
  }

  #call(draft: DraftEvent, event: EventOf<"agent.tool_call">): void {
    const { tool, arguments: args } = event.data;
    const isShell = tool.kind === "shell";
    const isFile = tool.kind === "file_read" || tool.kind === "file_write" || tool.kind === "file_edit";
    if (!isShell && !isFile) return;
    const open = this.#open.get(draft.processKey) ?? [];
    if (open.length >= MAX_OPEN_CALLS) open.shift();
    open.push({
      eventId: event.event_id,
      callId: event.data.call_id,
      command: isShell ? readCommand(args) : undefined,
      path: isFile ? readPath(args) : undefined,
      isBackground: isRecord(args) && args["run_in_background"] === true,
      programs: 0,
    });
    this.#open.set(draft.processKey, open);
  }

  #result(draft: DraftEvent, event: EventOf<"agent.tool_result">): void {
    const open = this.#open.get(draft.processKey);
    if (open === undefined) return;
    const at = open.findIndex((call) =>
      !call.isBackground && (call.eventId === event.data.related_event_id || call.callId === event.data.call_id)
    );
    const [call] = at < 0 ? [] : open.splice(at, 1);
    if (call?.programs !== 1 || call.durationMs === undefined) return;
    event.data.duration_ms = call.durationMs;
    event.data.duration_source = "process";
  }

  #exec(draft: DraftEvent, event: EventOf<"process.exec">, context: StoryContext): void {
    // A program that runs another in its place hands its call on.
    const inherited = this.#ownerOf(draft.processKey, event.data.pid);
    const owner = inherited ?? this.#match(draft, event, context);
    if (owner === undefined) return;
    const asked = inherited === undefined ? owner.call : undefined;
    if (asked !== undefined && asked.programs++ === 0) asked.startedNs = draft.timeNs;
    this.#owners.set(draft.processKey, { ...owner, rule: "started_by" });
    this.#ownersByPid.set(event.data.pid, { ...owner, rule: "started_by" });
    link(draft, owner);
  }

  #exit(draft: DraftEvent, event: EventOf<"process.exit">): void {
    const owner = this.#owners.get(draft.processKey);
    this.#ownersByPid.delete(event.data.pid);
    if (owner === undefined) return;
    const { call } = owner;
    if (call?.startedNs !== undefined) call.durationMs ??= toDurationMs(call.startedNs, draft.timeNs);
    link(draft, owner);
  }

  #effect(draft: DraftEvent, context: StoryContext): void {
    const owner = this.#findOwner(draft, context) ?? this.#matchPath(draft);
    if (owner !== undefined) link(draft, owner);
  }

  #ownerOf(processKey: number, pid?: number): Owner | undefined {
    return this.#owners.get(processKey) ?? (pid === undefined ? undefined : this.#ownersByPid.get(pid));
  }

  /** The call that owns this program run or one it descends from. */
  #findOwner(draft: DraftEvent, context: StoryContext): Owner | undefined {
    if (this.#owners.size === 0) return undefined;
    const own = this.#ownerOf(draft.processKey);
    if (own !== undefined) return own;
    for (const key of ancestors(draft.processKey, context)) {
      const owner = this.#owners.get(key);
      if (owner !== undefined) return toDescendant(owner);
    }
    return undefined;
  }

  /** The call of the nearest agent above that asked for this program; else the call that started that agent. */
  #match(draft: DraftEvent, event: EventOf<"process.exec">, context: StoryContext): Owner | undefined {
    const args = (event.data.args ?? []).filter((arg) => typeof arg === "string");
    for (const key of ancestors(draft.processKey, context)) {
      const open = this.#open.get(key);
      const best = open === undefined ? undefined : pickBest(open, event.data.exe ?? "", args);
      if (best !== undefined) return best;
      const owner = this.#owners.get(key);
      if (owner !== undefined) return toDescendant(owner);
    }
    return undefined;
  }

  /** An edit tool writes from the agent's own process: the path it was given says which call. */
  #matchPath(draft: DraftEvent): Owner | undefined {
    const { data } = draft.event;
    if (!("path" in data)) return undefined;
    const calls = this.#open.get(draft.processKey)?.filter((call) =>
      call.path !== undefined && call.path === data.path
    );
    const [call] = calls ?? [];
    return call === undefined || calls?.length !== 1
      ? undefined
      : { eventId: call.eventId, rule: "path_exact", confidence: 1 };
  }
}

function pickBest(open: readonly OpenCall[], exe: string, args: readonly string[]): Owner | undefined {
  let best: Owner | undefined;
  let isTie = false;
  for (const call of open) {
    const match = call.command === undefined ? undefined : matchCommand(call.command, exe, args);
    if (match === undefined || match.confidence < (best?.confidence ?? 0)) continue;
    isTie = match.confidence === best?.confidence;
    best = { eventId: call.eventId, ...match, call };
  }
  return isTie ? undefined : best;
}

/** What a program starts is not the program that the call asked for. */
function toDescendant({ eventId, rule, confidence }: Owner): Owner {
  return { eventId, rule, confidence };
}

function* ancestors(processKey: number, context: StoryContext): Generator<number> {
  let key = context.processes.find(processKey)?.parentKey;
  for (let depth = 0; key !== undefined && key !== 0 && depth < MAX_DEPTH; depth++) {
    yield key;
    key = context.processes.find(key)?.parentKey;
  }
}

function link(draft: DraftEvent, owner: Owner): void {
  addRelatedEvent(draft, {
    event_id: owner.eventId,
    relationship: "caused_by",
    rule: owner.rule,
    confidence: owner.confidence,
  });
}

/** A call to a model by a program that a tool call started is an effect of that call: a sub-agent. */
function isEffect(draft: DraftEvent): boolean {
  const type = draft.event.event_type;
  return type.startsWith("file.") || type.startsWith("network.") || type === "process.fork" || type === "ai.request";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readPath(args: unknown): string | undefined {
  if (!isRecord(args)) return undefined;
  const path = args["file_path"] ?? args["path"] ?? args["filename"];
  return typeof path === "string" ? path : undefined;
}
