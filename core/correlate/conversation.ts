/**
 * Links the calls of one conversation that the client itself names: a `previous_response_id` chain, or a conversation key in
 * body or headers. A stateless client that names nothing is left alone: equal first messages do not make one conversation.
 *
 * State: 8,192 answers, oldest forgotten first.
 */
import type { DraftEvent } from "../model/draft.ts";
import { BoundedMap } from "./bounded_map.ts";
import type { Correlator, CorrelatorState } from "./correlator.ts";
import { addRelatedEvent } from "./derived_event.ts";

interface KnownAnswer {
  readonly eventId: string;
  readonly conversationId: string;
}

/** Conversation ids and links to the answer a request continues. */
export const conversation: Correlator = {
  id: "conversation",
  summary: "Calls of one conversation, linked by the ids the client sends",
  stability: "experimental",
  create: () => new ConversationStory(),
};

class ConversationStory implements CorrelatorState {
  readonly #answers = new BoundedMap<string, KnownAnswer>(8_192);

  push(draft: DraftEvent): readonly DraftEvent[] {
    const { event } = draft;
    if (event.event_type === "ai.request") {
      const previousId = draft.call?.request?.previousResponseId;
      const previous = previousId === undefined ? undefined : this.#answers.get(previousId);
      if (previous !== undefined) {
        addRelatedEvent(draft, { event_id: previous.eventId, relationship: "parent", rule: "previous_response_id" });
      }
    }
    if (event.event_type !== "ai.request" && event.event_type !== "ai.response") return [];
    const conversationId = this.#conversationId(draft);
    if (conversationId !== undefined) event.data.conversation_id ??= conversationId;
    if (event.event_type === "ai.response") this.#remember(draft, conversationId);
    return [];
  }

  advance(): readonly DraftEvent[] {
    return [];
  }

  close(): readonly DraftEvent[] {
    return [];
  }

  #conversationId(draft: DraftEvent): string | undefined {
    const request = draft.call?.request;
    const named = request?.sessionKeys?.["conversation"];
    if (named !== undefined) return named;
    const previousId = request?.previousResponseId;
    // The first answer's id names the chain; a chain that began before capture is named by the oldest id known of it.
    return previousId === undefined ? undefined : this.#answers.get(previousId)?.conversationId ?? previousId;
  }

  #remember(draft: DraftEvent, conversationId: string | undefined): void {
    const responseId = draft.call?.response?.requestId;
    if (responseId === undefined) return;
    this.#answers.set(responseId, {
      eventId: draft.event.event_id,
      conversationId: conversationId ?? responseId,
    });
  }
}
