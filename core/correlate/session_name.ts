/**
 * Which session a call belongs to: the one the client itself names; else the one of the answer it continues
 * (`previous_response_id`); else, for requests with tools, the conversation that begins alike in the same program run. Such a
 * session is named by the id of its first request, and events say that it is inferred.
 *
 * State: 8,192 answers and 2,048 beginnings of conversations, oldest forgotten first.
 */
import type { DraftEvent, SessionRef } from "../model/draft.ts";
import type { ModelRequest } from "../model/model_call.ts";
import { BoundedMap } from "./bounded_map.ts";
import type { Correlator, CorrelatorState } from "./correlator.ts";
import { findSessionKey } from "./session_key.ts";
import { toTurnKey } from "./turn_key.ts";

/** Rule of a session that the client does not name. */
export const INFERRED_RULE = "program_and_first_message";

/** Names the session of each call. */
export const sessionName: Correlator = {
  id: "session_name",
  summary: "Which session a call belongs to",
  stability: "experimental",
  create: () => new SessionNameStory(),
};

class SessionNameStory implements CorrelatorState {
  readonly #answers = new BoundedMap<string, SessionRef>(8_192);
  readonly #beginnings = new BoundedMap<string, SessionRef>(2_048);
  /** The answer finds what its request was given. */
  readonly #requests = new WeakMap<ModelRequest, SessionRef>();

  push(draft: DraftEvent): readonly DraftEvent[] {
    const type = draft.event.event_type;
    if (type === "ai.request") this.#request(draft);
    else if (type === "ai.response") this.#response(draft);
    return [];
  }

  advance(): readonly DraftEvent[] {
    return [];
  }

  close(): readonly DraftEvent[] {
    return [];
  }

  #request(draft: DraftEvent): void {
    const request = draft.call?.request;
    const session = findSessionKey(draft) ?? (request === undefined ? undefined : this.#infer(draft, request));
    if (session === undefined) return;
    draft.session = session;
    if (request !== undefined) this.#requests.set(request, session);
  }

  #response(draft: DraftEvent): void {
    const request = draft.call?.request;
    const session = findSessionKey(draft) ?? (request === undefined ? undefined : this.#requests.get(request));
    if (session === undefined) return;
    draft.session = session;
    const responseId = draft.call?.response?.requestId;
    if (responseId !== undefined && session.isInferred) this.#answers.set(responseId, session);
  }

  #infer(draft: DraftEvent, request: ModelRequest): SessionRef | undefined {
    const previousId = request.previousResponseId;
    if (previousId !== undefined) return this.#answers.get(previousId);
    // Without a program run there is nothing that keeps the conversations of two programs apart.
    if (request.tools.length === 0 || request.isDelta === true || draft.processKey === 0) return undefined;
    const beginning = toTurnKey(draft);
    const known = this.#beginnings.get(beginning);
    if (known !== undefined) return known;
    const session: SessionRef = { sessionId: draft.event.event_id, rule: INFERRED_RULE, isInferred: true };
    this.#beginnings.set(beginning, session);
    return session;
  }
}
