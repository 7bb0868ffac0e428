import type { EventOf } from "../model/oisp_event.ts";
import type { Scanner } from "./scanner.ts";
import type { JsonObject } from "./view.ts";

/**
 * Gives `system_prompt_hash` of a request whose instructions are messages of the conversation: SHA-256 over their masked texts,
 * joined by a newline. Undefined when there are none, or under 32 bytes of them.
 */
export function findPromptHash(
  request: EventOf<"ai.request">["data"],
  redacted: JsonObject,
  scanner: Scanner,
): string | undefined {
  const messages = request.messages ?? [];
  const prompts: string[] = [];
  let only = -1;
  for (let i = 0; i < messages.length; i++) {
    const message = messages[i];
    if (message?.content === undefined || (message.role !== "system" && message.role !== "developer")) continue;
    prompts.push(message.content);
    only = i;
  }
  if (prompts.length === 0) return undefined;
  const known = prompts.length === 1 ? findContentHash(redacted, only) : undefined;
  if (known !== undefined) return known;
  const text = prompts.join("\n");
  return scanner.digest(text, scanner.scan(text)).content_hash;
}

/** The hash that the redacted message carries already. */
function findContentHash(redacted: JsonObject, index: number): string | undefined {
  const messages = redacted.messages as readonly JsonObject[] | undefined;
  const hash = messages?.[index]?.content_hash;
  return typeof hash === "string" ? hash : undefined;
}
