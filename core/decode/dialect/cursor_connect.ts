/**
 * Cursor's backend: Connect with protobuf messages whose schema is not public. Which of its services a request goes to says what
 * kind of call it is; nothing of its contents is read, because field numbers without names would be guessed at.
 *
 * @see https://connectrpc.com/docs/protocol for the framing (read 2026-11-21)
 */
import type { Dialect, RequestHead } from "./dialect.ts";

/** Services and methods that ask a model, by their path's end. */
const CHAT =
  /\/(?:aiserver\.v1\.ChatService\/StreamUnifiedChatWithTools(?:SSE|Poll)?|agent\.v1\.AgentService\/Run(?:SSE)?)$/;
const COMPLETION = /\/aiserver\.v1\.CppService\/StreamCpp$/;

/** Cursor. */
export const cursorConnect: Dialect = {
  id: "cursor_connect",
  summary: "Cursor's backend: that a model was asked, and how much was said",
  stability: "experimental",
  docsUrl: "https://connectrpc.com/docs/protocol",
  isOpaque: true,
  matchHead: (head) => (head.method === "POST" && (CHAT.test(head.path) || COMPLETION.test(head.path)) ? 1 : 0),
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: (head: RequestHead) => (COMPLETION.test(head.path) ? "completion" : "chat"),
  decodeRequest: () => undefined,
  createReader: () => ({ message: () => "meta", finish: () => ({ choices: [] }) }),
};
