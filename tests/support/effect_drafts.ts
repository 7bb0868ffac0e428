/** Drafts of tool calls, programs and files made by hand, for tests of what tool calls did. */
import assert from "node:assert/strict";
import { effects } from "../../core/correlate/effects.ts";
import type { DraftEvent, StoryContext } from "../../core/model/draft.ts";
import type { ProcessFacts } from "../../core/model/process.ts";

/** The program run that calls models. */
export const AGENT = 1;

/** Program runs and their parents: 10 and 11 below the agent, 20 and 21 below 10, 99 elsewhere. */
const PARENTS = new Map([[10, AGENT], [11, AGENT], [20, 10], [21, 10], [99, 98]]);

const context: StoryContext = {
  processes: {
    find: (key) =>
      key === AGENT
        ? { cwd: "/home/a" } as ProcessFacts
        : PARENTS.has(key)
        ? { parentKey: PARENTS.get(key) } as ProcessFacts
        : undefined,
  },
  host: {},
  bootId: "test",
  clockOffsetUs: 0,
};

/** Any event of a program run. */
export function factOf(eventType: string, id: string, processKey: number, data: unknown): DraftEvent {
  const event = { event_type: eventType, event_id: id, confidence: { level: "high", completeness: "full" }, data };
  return { event, timeNs: 0, processKey } as unknown as DraftEvent;
}

/** A shell call of the agent. */
export const call = (id: string, command: string, more = {}): DraftEvent =>
  factOf("agent.tool_call", id, AGENT, {
    tool: { name: "Bash", kind: "shell" },
    call_id: `call_${id}`,
    arguments: { command, ...more },
    related_event_id: `answer_${id}`,
  });

/** The result of a call, with what the request that carries it gave. */
export const resultOf = (id: string, more = {}): DraftEvent =>
  factOf("agent.tool_result", `result_${id}`, AGENT, { call_id: `call_${id}`, related_event_id: id, ...more });

/** The start of a program, of process 1000 + its program run. */
export const exec = (key: number, args: readonly string[], exe = "/bin/bash", more = {}): DraftEvent =>
  factOf("process.exec", `exec_${key}`, key, { pid: 1000 + key, exe, args, ...more });

/** The end of it. */
export const exit = (key: number, more = {}): DraftEvent =>
  factOf("process.exit", `exit_${key}`, key, { pid: 1000 + key, ...more });

/** The same at a time, in seconds. */
export const at = (draft: DraftEvent, timeS: number): DraftEvent => ({ ...draft, timeNs: timeS * 1e9 });

/** Shows the drafts to the story, which makes no events of its own. */
export function playEffects(drafts: readonly DraftEvent[]): void {
  assert.deepEqual(tellEffects(drafts), []);
}

/** Shows the drafts to the story; gives what was silent before. */
export function tellEffects(drafts: readonly DraftEvent[]): DraftEvent[] {
  const state = effects.create();
  return drafts.flatMap((draft) => [...state.push(draft, context)]);
}

/** The first link of an event. */
export const linkOf = (draft: DraftEvent): NonNullable<DraftEvent["event"]["related_events"]>[number] | undefined =>
  draft.event.related_events?.[0];

/** The data of an event, as far as tests of effects look at it. */
export const dataOf = (
  draft: DraftEvent,
): { duration_ms?: number; duration_source?: string; success?: boolean } => draft.event.data as never;
