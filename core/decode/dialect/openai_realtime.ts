/**
 * OpenAI Realtime over a WebSocket, and the vendors that speak it: one call per response. What the session was told before
 * (model, instructions, tools) and the items added since the last response make the request; sound is never kept, its
 * transcript is the text.
 *
 * @see https://platform.openai.com/docs/api-reference/realtime (read 2026-11-21)
 */
import type { Dialect, RequestHead } from "./dialect.ts";
import { asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { toRealtimeAnswer } from "./openai_realtime_answer.ts";
import { openaiResponses } from "./openai_responses.ts";
import { hasPathEnd } from "./path_end.ts";
import type { SocketDialect, TurnReader, TurnStep } from "./socket_dialect.ts";

/** Most items held between two responses; older ones are let go first. */
const MAX_ITEMS = 1_024;

/** Realtime turns have the shapes of Responses; only their kind differs. */
const realtimeTurn: Dialect = {
  ...openaiResponses,
  id: "openai_realtime",
  summary: "OpenAI Realtime, one call per response",
  stability: "experimental",
  docsUrl: "https://platform.openai.com/docs/api-reference/realtime",
  matchHead: () => 0,
  matchBody: () => 0,
  requestType: () => "realtime",
  decodeRequest: (view) => {
    const request = openaiResponses.decodeRequest(view);
    return request === undefined ? undefined : { ...request, requestType: "realtime" };
  },
};

/** OpenAI Realtime. */
export const openaiRealtime: SocketDialect = {
  id: "openai_realtime",
  summary: realtimeTurn.summary,
  stability: "experimental",
  docsUrl: realtimeTurn.docsUrl,
  dialect: realtimeTurn,
  matchHead: (head) => hasPathEnd(head.path, "realtime"),
  createTurns: (head) => new RealtimeTurns(head),
};

class RealtimeTurns implements TurnReader {
  #session: JsonRecord = {};
  #items: unknown[] = [];

  constructor(head: RequestHead) {
    const model = /(?:^|&)model=([^&%]+)/.exec(head.query)?.[1];
    if (model !== undefined) this.#session = { model };
  }

  client(json: JsonRecord): TurnStep | undefined {
    if (json.type === "session.update") this.#update(asRecord(json.session));
    else if (json.type === "conversation.item.create") this.#addItem(json.item);
    else if (json.type === "response.create") return { request: this.#toRequest(asRecord(json.response)) };
    return undefined;
  }

  server(json: JsonRecord, text: string, hasTurn: boolean): TurnStep | undefined {
    const type = asText(json.type) ?? "";
    if (type === "session.created" || type === "session.updated") this.#update(asRecord(json.session));
    else if (type === "conversation.item.input_audio_transcription.completed") this.#addTranscript(json);
    // The server answers by itself when it hears the end of speech.
    const request = type === "response.created" && !hasTurn ? this.#toRequest(undefined) : undefined;
    const answer = toRealtimeAnswer(type, json, text);
    if (request === undefined && answer === undefined) return undefined;
    return {
      ...(request !== undefined && { request }),
      ...(answer !== undefined && { answer }),
      isEnd: type === "response.done",
    };
  }

  #update(session: JsonRecord | undefined): void {
    if (session !== undefined) this.#session = { ...this.#session, ...session };
  }

  #addItem(item: unknown): void {
    this.#items.push(item);
    if (this.#items.length > MAX_ITEMS) this.#items.shift();
  }

  #addTranscript(json: JsonRecord): void {
    const transcript = asFilledText(json.transcript);
    if (transcript !== undefined) this.#addItem({ type: "message", role: "user", content: transcript });
  }

  #toRequest(response: JsonRecord | undefined): JsonRecord {
    const input = this.#items;
    this.#items = [];
    return { ...this.#session, input, ...response, stream: true };
  }
}
