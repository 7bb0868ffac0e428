import { createHash } from "node:crypto";
import type { DraftEvent } from "../model/draft.ts";
import type { Message, ModelRequest } from "../model/model_call.ts";

/** As much of a conversation's first message as tells it from others of the same program. */
const LONGEST_BEGINNING = 256;
/** As much of a system prompt as is compared. */
const LONGEST_PROMPT = 32 * 1024;
/** Times, dates and counts stand in lines with digits, and change with each request. */
const VOLATILE_LINE = /^.*\d.*$/gm;

const known = new WeakMap<ModelRequest, string>();

/**
 * Names the conversation a call belongs to as far as formats without any id allow: program run, endpoint, and how the
 * conversation begins. Equal for every request of a client that sends its whole history.
 */
export function toTurnKey(draft: DraftEvent): string {
  const request = draft.call?.request;
  const program = `${draft.processKey}\n${draft.call?.endpoint ?? ""}`;
  return request === undefined ? program : `${program}\n${toConversationKey(request)}`;
}

function toConversationKey(request: ModelRequest): string {
  let key = known.get(request);
  if (key === undefined) {
    const first = skipSetup(request.messages).find(({ role }) => role !== "system" && role !== "developer");
    key = `${toPromptKey(request.systemPrompt)}\n${toBeginning(first)}`;
    known.set(request, key);
  }
  return key;
}

/** How Gemini CLI and its kin answer, in the model's name, what they tell every conversation first. */
const SETUP_ANSWER = "Got it. Thanks for the context!";
const SEARCHED_MESSAGES = 4;

/** The messages of a conversation without what the client tells every conversation first. */
export function skipSetup(messages: readonly Message[]): readonly Message[] {
  for (let i = 1; i < Math.min(messages.length, SEARCHED_MESSAGES); i++) {
    if (messages[i]?.content === SETUP_ANSWER && messages[i]?.role !== "user") return messages.slice(i + 1);
  }
  return messages;
}

/** Keys of the newest system prompts: an agent sends its own with each request. */
const promptKeys = new Map<string, string>();
const MOST_PROMPTS = 32;

/** Equal for the same instructions, whatever the time of day in them is. */
export function toPromptKey(systemPrompt: string | undefined): string {
  if (systemPrompt === undefined) return "";
  const text = systemPrompt.length > LONGEST_PROMPT ? systemPrompt.slice(0, LONGEST_PROMPT) : systemPrompt;
  let key = promptKeys.get(text);
  if (key === undefined) {
    key = createHash("sha256").update(text.replace(VOLATILE_LINE, "")).digest("base64");
    if (promptKeys.size >= MOST_PROMPTS) promptKeys.clear();
    promptKeys.set(text, key);
  }
  return key;
}

function toBeginning(message: Message | undefined): string {
  return message?.content === undefined
    ? ""
    : `${message.content.length}:${message.content.slice(0, LONGEST_BEGINNING)}`;
}
