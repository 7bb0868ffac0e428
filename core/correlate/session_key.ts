import type { DraftEvent, SessionRef } from "../model/draft.ts";
import { StatedAgent } from "./stated_agent.ts";

/** Headers that agents send with every request of a session, most exact first. */
const SESSION_HEADERS: readonly string[] = [
  "x-claude-code-session-id",
  "x-opencode-session-id",
  "x-interaction-id",
  "vscode-sessionid",
  "x-amp-thread-id",
  "x-session-id",
  "session-id",
  "session_id",
  "thread-id",
  "conversation-id",
  "conversation_id",
];

/** Names under which dialects put session keys they find in bodies, most exact first. */
const SESSION_BODY_KEYS: readonly string[] = ["session", "session_id", "conversation", "prompt_cache_key"];

/** Text after this in Anthropic's `metadata.user_id`, as Claude Code writes it, is the session id. */
const USER_ID_SESSION_MARK = "_session_";

/** Finds the key the client itself sends: in a header, or in the body as far as the dialect found one. */
export function findSessionKey(draft: DraftEvent): SessionRef | undefined {
  const headers = draft.exchange?.request.headers;
  for (const name of SESSION_HEADERS) {
    const value = headers?.get(name);
    if (value) return { sessionId: value, rule: `header:${name}`, isInferred: false };
  }
  const stated = new StatedAgent(draft).session();
  if (stated !== undefined) return { sessionId: stated, rule: "turn_metadata:session_id", isInferred: false };
  const keys = draft.call?.request?.sessionKeys;
  if (keys === undefined) return undefined;
  for (const name of SESSION_BODY_KEYS) {
    const value = keys[name];
    if (value) return { sessionId: value, rule: `body:${name}`, isInferred: false };
  }
  const userId = keys["user_id"];
  const at = userId?.indexOf(USER_ID_SESSION_MARK) ?? -1;
  if (userId === undefined || at < 0) return undefined;
  return { sessionId: userId.slice(at + USER_ID_SESSION_MARK.length), rule: "body:user_id", isInferred: false };
}
