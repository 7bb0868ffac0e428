/**
 * Starts of agents that have not called a model yet: the first session of such a program run began when it was started, though
 * its name is known only with its first request. A program that never calls (`--version`, a login) leaves nothing behind.
 *
 * State: 1,024 program runs, oldest forgotten first.
 */
import type { DraftEvent } from "../model/draft.ts";
import { BoundedMap } from "./bounded_map.ts";

/** The start of an agent's program. */
export interface AgentStart {
  /** Absent where the start is no event of its own. */
  readonly eventId?: string;
  readonly timeNs: number;
}

/** See the file's head. */
export class AgentStarts {
  readonly #waiting = new BoundedMap<number, AgentStart>(1_024);

  /** A program was started. */
  exec(draft: DraftEvent): void {
    if (draft.isAppProgram !== true || draft.event.app?.category !== "agent-cli" || draft.processKey === 0) return;
    const { timeNs, event } = draft;
    this.#waiting.set(draft.processKey, draft.isSilent === true ? { timeNs } : { timeNs, eventId: event.event_id });
  }

  /** The start of the program that makes the first call of a session, when it is this program's first session; then it is forgotten. */
  take(processKey: number): AgentStart | undefined {
    const start = this.#waiting.get(processKey);
    if (start !== undefined) this.#waiting.delete(processKey);
    return start;
  }
}
