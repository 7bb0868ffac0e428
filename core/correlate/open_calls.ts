/**
 * Tool calls whose effects may still come, by the program run that made them.
 *
 * State: 64 calls of each of 4,096 program runs, oldest forgotten first.
 */
import type { DraftEvent, StoryContext } from "../model/draft.ts";
import type { EventOf } from "../model/oisp_event.ts";
import { BoundedMap } from "./bounded_map.ts";
import { type CallAnswer, type OpenCall, type Owner, pickBest, type StartedProgram, toOpenCall } from "./open_call.ts";
import { findStatedCwd } from "./stated_cwd.ts";
import { hasSpan } from "./tool_events.ts";

const MAX_OPEN_CALLS = 64;

/** See the file's head. */
export class OpenCalls {
  readonly #byCaller = new BoundedMap<number, OpenCall[]>(4_096);
  /** Directories that agents told the model, by session, or by program run where there is none. */
  readonly #cwds = new BoundedMap<string, string>(2_048);
  /** The answer whose calls are told now, and the draft it came with: only while they are told. */
  #answer: CallAnswer | undefined;
  #answerDraft: DraftEvent | undefined;

  /** An answer of a model; the calls it carries are told next. */
  answered(draft: DraftEvent): void {
    this.#answerDraft = draft;
  }

  /** A call that was made; undefined for kinds of tools without effects that can be seen. */
  add(draft: DraftEvent, event: EventOf<"agent.tool_call">, context: StoryContext): OpenCall | undefined {
    const answer = this.#answerOf(draft, event);
    if (event.data.parent_call_id === undefined && event.data.tool.type !== "server") answer.calls++;
    const call = toOpenCall(event, answer, () => this.#findCwd(draft, context));
    if (call === undefined) return undefined;
    const open = this.#byCaller.get(draft.processKey) ?? [];
    if (open.length >= MAX_OPEN_CALLS) open.shift();
    open.push(call);
    this.#byCaller.set(draft.processKey, open);
    return call;
  }

  /**
   * Takes out the call that a result answers, and the calls inside its script; those that go on after their result stay.
   * Undefined when it is not open.
   */
  close(processKey: number, { data }: EventOf<"agent.tool_result">): OpenCall | undefined {
    const open = this.#byCaller.get(processKey) ?? [];
    // Call ids may come again, events never do.
    const at = open.findIndex(({ isBackground, eventId }) => !isBackground && eventId === data.related_event_id);
    const [call] = at < 0 ? [] : open.splice(at, 1);
    const inner = call?.callId === undefined
      ? []
      : open.filter(({ parentCallId, isBackground, answer }) =>
        parentCallId === call.callId && answer === call.answer && !isBackground
      );
    for (const one of inner) open.splice(open.indexOf(one), 1);
    const [only] = inner;
    // The script's own start is not seen, its one command's is.
    if (call !== undefined && inner.length === 1 && only?.startedNs !== undefined) call.startedNs ??= only.startedNs;
    return call;
  }

  /** The open call of a program run that asked for a program; undefined when none did, or two may have. */
  match(processKey: number, program: StartedProgram): Owner | undefined {
    const open = this.#byCaller.get(processKey);
    return open === undefined ? undefined : pickBest(open, program);
  }

  /** Whether open calls of a program run name paths to write. */
  names(processKey: number): boolean {
    return this.#byCaller.get(processKey)?.some(({ isWriting, paths }) => isWriting && paths.length > 0) === true;
  }

  /** The one open call of a program run that names a path; undefined when none does, or several do. */
  findByPath(processKey: number, path: string): OpenCall | undefined {
    const calls = this.#byCaller.get(processKey)?.filter(({ paths }) => paths.includes(path));
    return calls?.length === 1 ? calls[0] : undefined;
  }

  #answerOf(draft: DraftEvent, event: EventOf<"agent.tool_call">): CallAnswer {
    const eventId = event.data.related_event_id;
    if (this.#answer === undefined || eventId === undefined || this.#answer.eventId !== eventId) {
      this.#answer = { eventId, endedNs: hasSpan(draft) ? draft.timeNs : undefined, calls: 0 };
    }
    return this.#answer;
  }

  /** The directory relative paths begin at: what the agent told the model, else where its program was started. */
  #findCwd(draft: DraftEvent, context: StoryContext): string | undefined {
    const key = draft.session?.sessionId ?? `${draft.processKey}`;
    const request = this.#answerDraft?.exchange === draft.exchange ? this.#answerDraft?.call?.request : undefined;
    const stated = request === undefined ? undefined : findStatedCwd(request);
    if (stated !== undefined) this.#cwds.set(key, stated);
    return stated ?? this.#cwds.get(key) ?? context.processes.find(draft.processKey)?.cwd;
  }
}
