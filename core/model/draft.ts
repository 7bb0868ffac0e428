import type { OispEvent } from "./oisp_event.ts";
import type { HttpExchange } from "./http_exchange.ts";
import type { ModelCall } from "./model_call.ts";
import type { HostFacts, ProcessLookup } from "./process.ts";

/**
 * An event on its way through enrich and correlate: the published record so far, and the facts it was made from, which are
 * never published themselves.
 */
export interface DraftEvent {
  /** The record; stages add to it and never remove. Contents are not redacted yet. */
  readonly event: OispEvent;
  /** Boot-clock time of the event, for `advance`. */
  readonly timeNs: number;
  /** Program run it is about; 0 when unknown. */
  readonly processKey: number;
  readonly exchange?: HttpExchange;
  readonly call?: ModelCall;
  /** Only shown to the stories: it tells them what is no event of its own (tools that an MCP server lists, programs nobody asked for). */
  readonly isSilent?: boolean;
  /** With `process.exec`: the program is the application itself, not one that the application started. */
  isAppProgram?: true;
  /** With a silent `file.write`: the path that was renamed to the event's. */
  readonly renamedFrom?: string;
  /** The agent's session it belongs to; set by the first story, handed on to the events made from this one. */
  session?: SessionRef;
  /** Set when a sub-agent makes the call; handed on like the session. */
  subAgent?: SubAgentRef;
  /** What an agent makes the call for besides its task (`title`, `summary`, ...): such a call is no turn. */
  purpose?: string;
}

/** An agent that works for another one in the same session or program run. */
export interface SubAgentRef {
  /** As the client names it. */
  readonly id?: string;
  /** Its kind, as the client names it. */
  readonly type?: string;
  /** The agent it works for, as the client names it; else that one's session. */
  readonly parent?: string;
  /** Rule that recognised it. */
  readonly rule: string;
}

/** What names an agent's session. */
export interface SessionRef {
  readonly sessionId: string;
  /** Rule that recognised it. */
  readonly rule: string;
  /** The client itself does not name it: it is told by how the conversation begins, within one program run. */
  readonly isInferred: boolean;
}

/** What enrichers and correlators may look at besides the draft. */
export interface StoryContext {
  readonly processes: ProcessLookup;
  readonly host: HostFacts;
  /** Boot id, or the name of a text source; part of every event id. */
  readonly bootId: string;
  /** Microseconds to add to a boot time in µs to get µs since 1970. */
  readonly clockOffsetUs: number;
}
