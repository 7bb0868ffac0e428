/**
 * What a tool call did: programs, files and connections of the processes it started carry the call that caused them
 * (`related_events`, `caused_by`), with the rule that decided it. A program belongs to a call when it runs below the agent that
 * made the call, was started while the call was open, and its arguments say so; everything it starts belongs to the call too,
 * unless a nearer agent asked for it. Where two open calls fit equally well, neither is named. A call whose one program has ended
 * took as long as that program. Programs that were started before the answer with their call had ended are named by the call
 * (`causes`) instead, for their own events are out by then.
 *
 * State: 64 open calls of each of 4,096 program runs, and the owners of 16,384 program runs; oldest forgotten first.
 */
import type { DraftEvent, StoryContext } from "../model/draft.ts";
import type { EventOf } from "../model/oisp_event.ts";
import { toDurationMs } from "../model/time.ts";
import { BoundedMap } from "./bounded_map.ts";
import type { Correlator, CorrelatorState } from "./correlator.ts";
import { addRelatedEvent } from "./derived_event.ts";
import { type EarlyProgram, EarlyPrograms } from "./early_programs.ts";
import { FileEffects } from "./file_effects.ts";
import { addOutcome, linkOwner, type OpenCall, type Owner, readOutcome, type StartedProgram } from "./open_call.ts";
import { OpenCalls } from "./open_calls.ts";
import { ancestors } from "./process_tree.ts";

/** Effects of tool calls. */
export const effects: Correlator = {
  id: "effects",
  summary: "Programs, files and connections, linked to the tool call that caused them",
  stability: "experimental",
  create: () => new EffectsStory(),
};

class EffectsStory implements CorrelatorState {
  readonly #open = new OpenCalls();
  /** Calls that own a program run. */
  readonly #owners = new BoundedMap<number, Owner>(16_384);
  /** The same by process id: a program that execs another hands its call on. */
  readonly #ownersByPid = new BoundedMap<number, Owner>(16_384);
  readonly #early = new EarlyPrograms();
  readonly #files = new FileEffects(this.#open);

  push(draft: DraftEvent, context: StoryContext): readonly DraftEvent[] {
    const { event } = draft;
    // Links lead to events that are published.
    if (draft.isSilent === true) return this.#files.renamed(draft);
    if (event.event_type === "ai.response") this.#open.answered(draft);
    else if (event.event_type === "agent.tool_call") this.#call(draft, event, context);
    else if (event.event_type === "agent.tool_result") this.#result(draft, event);
    else if (event.event_type === "process.exec") this.#exec(draft, event, context);
    else if (event.event_type === "process.exit") this.#exit(draft, event, context);
    else if (isEffect(draft)) this.#effect(draft, context);
    if (event.event_type === "ai.request") this.#early.caller(draft.processKey);
    return [];
  }

  advance(): readonly DraftEvent[] {
    return [];
  }

  close(): readonly DraftEvent[] {
    return [];
  }

  #call(draft: DraftEvent, event: EventOf<"agent.tool_call">, context: StoryContext): void {
    const call = this.#open.add(draft, event, context);
    if (call !== undefined && call.commands.length > 0) this.#adopt(draft, call, context);
  }

  /** The agent may have acted before its answer had ended: not before that began. */
  #adopt(draft: DraftEvent, call: OpenCall, context: StoryContext): void {
    const sinceNs = draft.exchange?.response?.firstByteNs ?? draft.exchange?.request.firstByteNs ?? 0;
    const isBelow = ({ processKey, pid }: EarlyProgram, other: EarlyProgram): boolean =>
      pid === other.pid || [...ancestors(processKey, context)].includes(other.processKey);
    const claimed = this.#early.claim(draft.processKey, call.commands, sinceNs, isBelow);
    if (claimed === undefined) return;
    const { program, match } = claimed;
    call.programs++;
    call.startedNs = program.startedNs;
    if (program.endedNs !== undefined) call.durationMs = toDurationMs(program.startedNs, program.endedNs);
    if (program.hasSucceeded !== undefined) call.hasSucceeded = program.hasSucceeded;
    addRelatedEvent(draft, { event_id: program.eventId, relationship: "causes", ...match });
    const owner = { eventId: call.eventId, rule: "started_by", confidence: match.confidence, call };
    this.#owners.set(program.processKey, owner);
    if (program.endedNs === undefined) this.#ownersByPid.set(program.pid, owner);
    for (const below of this.#early.claimBelow(draft.processKey, (other) => isBelow(other, program))) {
      addRelatedEvent(draft, {
        event_id: below.eventId,
        relationship: "causes",
        rule: owner.rule,
        confidence: owner.confidence,
      });
      this.#owners.set(below.processKey, below.pid === program.pid ? owner : toDescendant(owner));
    }
  }

  #result(draft: DraftEvent, event: EventOf<"agent.tool_result">): void {
    const call = this.#open.close(draft.processKey, event);
    if (call !== undefined) addOutcome(event, call);
  }

  #exec(draft: DraftEvent, event: EventOf<"process.exec">, context: StoryContext): void {
    // A program that runs another in its place hands its call on.
    const inherited = this.#ownerOf(draft.processKey, event.data.pid);
    const owner = inherited ?? this.#match(draft, event, context);
    if (owner === undefined) return this.#remember(draft, event, context);
    const asked = inherited === undefined ? owner.call : undefined;
    // A program with the command's first word may be a part of the command: its end is not the call's.
    if (asked !== undefined && asked.programs++ === 0 && owner.rule !== "first_word") asked.startedNs = draft.timeNs;
    this.#owners.set(draft.processKey, { ...owner, rule: "started_by" });
    this.#ownersByPid.set(event.data.pid, { ...owner, rule: "started_by" });
    linkOwner(draft, owner);
  }

  #remember(draft: DraftEvent, event: EventOf<"process.exec">, context: StoryContext): void {
    const caller = this.#findCaller(draft, context);
    if (caller === undefined) return;
    this.#early.started(caller, {
      ...toProgram(event),
      eventId: event.event_id,
      processKey: draft.processKey,
      pid: event.data.pid,
      startedNs: draft.timeNs,
    });
  }

  /** The nearest program run above that calls models. */
  #findCaller(draft: DraftEvent, context: StoryContext): number | undefined {
    for (const key of ancestors(draft.processKey, context)) {
      if (this.#early.isCaller(key)) return key;
    }
    return undefined;
  }

  #exit(draft: DraftEvent, event: EventOf<"process.exit">, context: StoryContext): void {
    const owner = this.#owners.get(draft.processKey);
    this.#ownersByPid.delete(event.data.pid);
    if (owner === undefined) {
      const caller = this.#findCaller(draft, context);
      if (caller !== undefined) this.#early.ended(caller, event.data.pid, draft.timeNs, readOutcome(event.data));
      return;
    }
    const { call } = owner;
    if (call?.startedNs !== undefined && call.durationMs === undefined) {
      call.durationMs = toDurationMs(call.startedNs, draft.timeNs);
      const hasSucceeded = readOutcome(event.data);
      if (hasSucceeded !== undefined) call.hasSucceeded = hasSucceeded;
    }
    linkOwner(draft, owner);
  }

  #effect(draft: DraftEvent, context: StoryContext): void {
    const owner = this.#findOwner(draft, context) ?? this.#files.find(draft);
    if (owner !== undefined) linkOwner(draft, owner);
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
    const program = toProgram(event);
    for (const key of ancestors(draft.processKey, context)) {
      const best = this.#open.match(key, program);
      if (best !== undefined) return best;
      const owner = this.#owners.get(key);
      if (owner !== undefined) return toDescendant(owner);
    }
    return undefined;
  }
}

/** What a program starts is not the program that the call asked for. */
function toDescendant({ eventId, rule, confidence }: Owner): Owner {
  return { eventId, rule, confidence };
}

/** A call to a model by a program that a tool call started is an effect of that call: a sub-agent. */
function isEffect(draft: DraftEvent): boolean {
  const type = draft.event.event_type;
  return type.startsWith("file.") || type.startsWith("network.") || type === "process.fork" || type === "ai.request";
}

function toProgram({ data }: EventOf<"process.exec">): StartedProgram {
  const args = (data.args ?? []).filter((arg) => typeof arg === "string");
  return { exe: data.exe ?? "", args, cwd: data.cwd };
}
