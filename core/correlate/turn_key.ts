import type { DraftEvent } from "../model/draft.ts";
import type { Message } from "../model/model_call.ts";

/** As much of a conversation's first message as tells it from others of the same program. */
const LONGEST_BEGINNING = 256;

/**
 * Names the conversation a call belongs to as far as formats without any id allow: program run, endpoint, and how the
 * conversation begins. Equal for every request of a client that sends its whole history.
 */
export function toTurnKey(draft: DraftEvent): string {
  const request = draft.call?.request;
  const first = request?.messages.find((message) => message.role !== "system" && message.role !== "developer");
  return `${draft.processKey}\n${draft.call?.endpoint ?? ""}\n${request?.systemPrompt?.length ?? 0}\n${
    toBeginning(first)
  }`;
}

function toBeginning(message: Message | undefined): string {
  return message?.content === undefined
    ? ""
    : `${message.content.length}:${message.content.slice(0, LONGEST_BEGINNING)}`;
}
