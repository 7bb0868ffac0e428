/**
 * OpenAI Responses over a WebSocket, as Codex uses it: each `response.create` is a request, what follows are the events of the
 * HTTP stream. A create with `generate: false` only warms the server up and is no request.
 *
 * @see https://platform.openai.com/docs/guides/websocket-mode (read 2026-11-21)
 */
import { asRecord, asText } from "./json_access.ts";
import { openaiResponses } from "./openai_responses.ts";
import { hasPathEnd } from "./path_end.ts";
import type { SocketDialect, TurnReader } from "./socket_dialect.ts";

const LAST_EVENTS: ReadonlySet<string> = new Set([
  "response.completed",
  "response.incomplete",
  "response.failed",
  "response.cancelled",
  "error",
]);

/** OpenAI Responses over a WebSocket. */
export const openaiResponsesSocket: SocketDialect = {
  id: "openai_responses_socket",
  summary: "OpenAI Responses over a WebSocket",
  stability: "experimental",
  docsUrl: "https://platform.openai.com/docs/guides/websocket-mode",
  dialect: openaiResponses,
  matchHead: (head) => hasPathEnd(head.path, "responses"),
  createTurns: () => TURNS,
};

const TURNS: TurnReader = {
  client: (json) => {
    if (json.type !== "response.create") return undefined;
    const { type: _type, response, ...flat } = json;
    const body = asRecord(response) ?? flat;
    return body["generate"] === false ? undefined : { request: { ...body, stream: true } };
  },
  server: (json, text) => ({ answer: text, isEnd: LAST_EVENTS.has(asText(json.type) ?? "") }),
};
