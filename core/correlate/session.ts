/**
 * Agent sessions: the first request with tools that belongs to one starts it; the first one of a known agent began when its program
 * was started, if that is less than 30 minutes ago. It ends, with its totals, when every process that
 * made its calls has ended, after 30 minutes without a call, or with the capture. A session that the client names may go on in
 * another process: its end is told when none came within a minute.
 *
 * State: 2,048 sessions, and the sessions of 8,192 tool calls; a session forgotten because the table is full is ended with what
 * is known of it.
 */
import type { DraftEvent, SessionRef, StoryContext } from "../model/draft.ts";
import { type AgentStart, AgentStarts } from "./agent_start.ts";
import { BoundedMap } from "./bounded_map.ts";
import type { Correlator, CorrelatorState } from "./correlator.ts";
import { addRelatedEvent } from "./derived_event.ts";
import { toSessionEvent } from "./session_event.ts";
import { StatedAgent } from "./stated_agent.ts";
import { SessionTotals } from "./session_totals.ts";

const IDLE_NS = 30 * 60e9;
const SUCCESSOR_NS = 60e9;
const MAX_SESSIONS = 2_048;
/** Most processes of one session; the end of others ends nothing. */
const MAX_PROCESSES = 1_024;

interface Session {
  readonly ref: SessionRef;
  readonly first: DraftEvent;
  readonly totals: SessionTotals;
  readonly startId: string;
  readonly startNs: number;
  /** Processes that made its calls and have not ended. */
  readonly pids: Set<number>;
  lastNs: number;
  /** When the last of its processes ended. */
  endedNs?: number;
}

/** Start, end and totals of agent sessions. */
export const session: Correlator = {
  id: "session",
  summary: "Start, end and totals of agent sessions",
  stability: "experimental",
  create: () => new SessionStory(),
};

class SessionStory implements CorrelatorState {
  /** Least recently used first. */
  readonly #sessions = new Map<string, Session>();
  readonly #byPid = new Map<number, Set<Session>>();
  readonly #byCall = new BoundedMap<string, Session>(8_192);
  readonly #starts = new AgentStarts();

  push(draft: DraftEvent, context: StoryContext): readonly DraftEvent[] {
    const { event } = draft;
    if (event.event_type === "ai.request") return this.#request(draft, context);
    if (event.event_type === "process.exec") this.#starts.exec(draft);
    if (event.event_type === "process.exit") return this.#exit(draft, event.data.pid, context);
    const open = draft.session && this.#sessions.get(draft.session.sessionId);
    if (open === undefined) {
      if (this.#sessions.size > 0) this.#effect(draft);
    } else if (event.event_type === "ai.response") {
      open.totals.response(event);
      if (draft.purpose !== undefined) open.totals.auxiliary();
      this.#touch(open, draft.timeNs);
    } else if (event.event_type === "agent.tool_call") {
      open.totals.call(event);
      this.#byCall.set(event.event_id, open);
    } else if (event.event_type === "agent.tool_result") open.totals.result(event);
    return [];
  }

  advance(nowNs: number, context: StoryContext): readonly DraftEvent[] {
    const events: DraftEvent[] = [];
    for (const open of this.#sessions.values()) {
      const isOver = open.endedNs !== undefined && nowNs - open.endedNs >= SUCCESSOR_NS;
      if (isOver) events.push(this.#end(open, context, "process_ended"));
      else if (nowNs - open.lastNs >= IDLE_NS) events.push(this.#end(open, context, "idle"));
    }
    return events;
  }

  close(context: StoryContext): readonly DraftEvent[] {
    return [...this.#sessions.values()].map((open) =>
      this.#end(open, context, open.endedNs === undefined ? "capture_ended" : "process_ended")
    );
  }

  #request(draft: DraftEvent, context: StoryContext): readonly DraftEvent[] {
    const { session: ref } = draft;
    if (ref === undefined) return [];
    const known = this.#sessions.get(ref.sessionId);
    // Auxiliary requests (titles, quota probes) carry the key as well.
    const isMain = draft.purpose === undefined && (draft.call?.request?.tools.length ?? 0) > 0;
    const program = isMain ? this.#starts.take(draft.processKey) : undefined;
    if (known !== undefined) {
      this.#touch(known, draft.timeNs);
      this.#addProcess(known, draft);
      if (isMain) addTurn(known, draft);
      return [];
    }
    return isMain ? this.#open(draft, ref, program, context) : [];
  }

  #open(draft: DraftEvent, ref: SessionRef, program: AgentStart | undefined, context: StoryContext): DraftEvent[] {
    // By its own rule a session is over after 30 minutes without a call.
    const isPart = program !== undefined && draft.timeNs - program.timeNs < IDLE_NS;
    const startNs = isPart ? program.timeNs : draft.timeNs;
    const start = toSessionEvent(draft, ref, context, { action: "start", startNs, timeNs: startNs });
    if (isPart && program.eventId !== undefined) {
      addRelatedEvent(start, { event_id: program.eventId, relationship: "related", rule: "agent_exec" });
    }
    this.#linkParent(start, draft);
    const opened: Session = {
      ref,
      first: draft,
      totals: new SessionTotals(),
      startId: start.event.event_id,
      startNs,
      pids: new Set(),
      lastNs: draft.timeNs,
    };
    addTurn(opened, draft);
    this.#sessions.set(ref.sessionId, opened);
    this.#addProcess(opened, draft);
    return [start, ...this.#evict(context)];
  }

  /** A session that a tool call started is a sub-agent's: its start names the call, and the session it works for. */
  #linkParent(start: DraftEvent, draft: DraftEvent): void {
    for (const link of draft.event.related_events ?? []) {
      if (link.relationship !== "caused_by") continue;
      addRelatedEvent(start, link);
      const parent = this.#byCall.get(link.event_id);
      if (parent !== undefined) addRelatedEvent(start, { event_id: parent.startId, relationship: "parent" });
    }
  }

  #exit(draft: DraftEvent, pid: number, context: StoryContext): readonly DraftEvent[] {
    const events: DraftEvent[] = [];
    for (const open of this.#byPid.get(pid) ?? []) {
      open.pids.delete(pid);
      if (open.pids.size > 0) continue;
      open.endedNs = draft.timeNs;
      if (open.ref.isInferred) events.push(this.#end(open, context, "process_ended"));
    }
    this.#byPid.delete(pid);
    return events;
  }

  #effect(draft: DraftEvent): void {
    for (const { event_id: id, relationship } of draft.event.related_events ?? []) {
      if (relationship === "caused_by") this.#byCall.get(id)?.totals.effect(draft);
    }
  }

  #addProcess(open: Session, draft: DraftEvent): void {
    delete open.endedNs;
    const pid = draft.event.process?.pid;
    if (pid === undefined || open.pids.has(pid) || open.pids.size >= MAX_PROCESSES) return;
    open.pids.add(pid);
    const sessions = this.#byPid.get(pid);
    if (sessions === undefined) this.#byPid.set(pid, new Set([open]));
    else sessions.add(open);
  }

  #touch(open: Session, timeNs: number): void {
    open.lastNs = timeNs;
    this.#sessions.delete(open.ref.sessionId);
    this.#sessions.set(open.ref.sessionId, open);
  }

  #evict(context: StoryContext): readonly DraftEvent[] {
    if (this.#sessions.size <= MAX_SESSIONS) return [];
    for (const oldest of this.#sessions.values()) return [this.#end(oldest, context, "table_full")];
    return [];
  }

  #end(open: Session, context: StoryContext, reason: string): DraftEvent {
    this.#sessions.delete(open.ref.sessionId);
    for (const pid of open.pids) {
      const sessions = this.#byPid.get(pid);
      sessions?.delete(open);
      if (sessions?.size === 0) this.#byPid.delete(pid);
    }
    const timeNs = open.endedNs ?? open.lastNs;
    const { totals, startNs } = open;
    return toSessionEvent(open.first, open.ref, context, { action: "end", startNs, timeNs, reason, totals });
  }
}

function addTurn(open: Session, draft: DraftEvent): void {
  const request = draft.call?.request;
  if (request === undefined || draft.subAgent !== undefined) return;
  open.totals.request(request, new StatedAgent(draft).turn());
}
