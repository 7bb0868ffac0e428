/**
 * OpenAI Live over a WebSocket: a model that speaks, and one behind it that works. What the first says until the user speaks again
 * is one call, without latency, for nothing tells when the user had finished; it is charged by the second and has no tokens. Each
 * response of the second is a call as over HTTP; several may be under way at once, and while the first speaks.
 *
 * @see https://developers.openai.com/api/reference/resources/live (read 2026-11-21)
 */
import type { ModelRequest } from "../../model/model_call.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { LiveVoice, toBackend } from "./openai_live_voice.ts";
import { RealtimeItems } from "./openai_realtime_items.ts";
import { RealtimeSession } from "./openai_realtime_session.ts";
import { openaiResponses } from "./openai_responses.ts";
import { createPieceReader } from "./piece_reader.ts";
import type { SocketDialect, TurnReader, TurnStep } from "./socket_dialect.ts";

const PATH = /\/live\/sessions(?:\/[^/]+\/attach)?\/?$/;

const DOCS_URL = "https://developers.openai.com/api/reference/resources/live";

/** What the second model answers: the events of a Responses stream. */
const backendTurn: Dialect = {
  ...openaiResponses,
  id: "openai_live",
  summary: "OpenAI Live, one call per reply and per delegated response",
  stability: "experimental",
  docsUrl: DOCS_URL,
  matchHead: () => 0,
  matchBody: () => 0,
  requestType: () => "chat",
  decodeRequest: (view) => decodeRequest(view),
};

/** What the first model says. */
const voiceTurn: Dialect = {
  ...backendTurn,
  matchAnswer: () => 0,
  requestType: () => "realtime",
  decodeRequest: (view) => {
    const request = decodeRequest(view);
    return request === undefined ? undefined : { ...request, requestType: "realtime" };
  },
  createReader: (context) =>
    createPieceReader(context, (json) => ({ text: asText(json["delta"]), model: asFilledText(json["model"]) })),
};

/** OpenAI Live. */
export const openaiLive: SocketDialect = {
  id: "openai_live",
  summary: voiceTurn.summary,
  stability: "experimental",
  docsUrl: DOCS_URL,
  dialect: voiceTurn,
  matchHead: (head) => PATH.test(head.path),
  createTurns: () => new LiveTurns(),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const request = openaiResponses.decodeRequest(view);
  if (request === undefined) return undefined;
  const json = asRecord(view.json);
  const session = asFilledText(json?.["session_id"]);
  return {
    ...request,
    ...(json?.["has_history"] === true && { isDelta: true }),
    ...(session !== undefined && { sessionKeys: { session_id: session } }),
  };
}

/** Most responses of the second model under way at once that are followed. */
const MAX_LANES = 16;

const LAST_EVENTS: ReadonlySet<string> = new Set([
  "response.completed",
  "response.incomplete",
  "response.failed",
  "response.cancelled",
]);

class LiveTurns implements TurnReader {
  readonly #session = new RealtimeSession(undefined);
  readonly #backend = new RealtimeSession(undefined);
  readonly #voice = new LiveVoice();
  readonly #results = new RealtimeItems();
  readonly #lanes = new Set<string>();
  #isStarted = false;
  #hasHistory = false;
  /** When the client asked to start, and when it asked the second model to answer. */
  #startNs: number | undefined;
  #askedNs: number | undefined;

  client(json: JsonRecord, timeNs = 0): undefined {
    const session = asRecord(json["session"]);
    if (json["type"] === "session.start") {
      this.#startNs = timeNs;
      this.#session.ask(toVoice(session));
      this.#backend.ask(toBackend(session));
      this.#voice.addHistory(asList(session?.["input"]));
    } else if (json["type"] === "session.update") this.#backend.ask(toBackend(session));
    else if (json["type"] === "response.item.create") this.#results.add(json["item"]);
    else if (json["type"] === "response.create") this.#askedNs = timeNs;
    else this.#voice.note(json);
  }

  server(json: JsonRecord, text: string, _hasTurn: boolean, timeNs = 0): TurnStep | undefined {
    const type = asText(json["type"]);
    if (type === "session.started" || type === "session.updated") this.#tell(asRecord(json["session"]));
    else if (type === "session.input_transcript.delta") return this.#voice.hear(json, this.#toVoiceRequest);
    else if (type === "session.output_transcript.delta") {
      return this.#voice.say(json, this.#session.servedModel, this.#toVoiceRequest, timeNs);
    } else if (type === "response.event") return this.#takeResponse(json);
    else if (type === "session.closed") return this.#voice.end(this.#toVoiceRequest);
    else if (type === "error") return this.#refuse(json, text);
    return undefined;
  }

  close(isOrderly: boolean): TurnStep | undefined {
    return isOrderly ? this.#voice.end(this.#toVoiceRequest) : this.#voice.flush(this.#toVoiceRequest);
  }

  #tell(session: JsonRecord | undefined): void {
    // Whoever joins a session that others began learns from the server what was said before.
    if (!this.#isStarted && this.#startNs === undefined) this.#voice.addHistory(asList(session?.["input"]));
    this.#isStarted = true;
    const id = session?.["id"];
    this.#session.tell(compact<JsonRecord>({ ...toVoice(session), id }));
    this.#backend.tell(compact<JsonRecord>({ ...toBackend(session), id }));
  }

  readonly #toVoiceRequest = (input: unknown[]): JsonRecord => {
    const request = { ...this.#session.toBody(undefined), input, stream: true };
    const isNext = this.#hasHistory;
    this.#hasHistory = true;
    return isNext ? { ...request, has_history: true } : request;
  };

  /** An event of a response of the second model. */
  #takeResponse(json: JsonRecord): TurnStep | undefined {
    const event = asRecord(json["event"]);
    const type = asText(event?.["type"]) ?? "";
    const lane = `response:${asText(json["delegation_id"]) ?? ""}`;
    const isNew = type === "response.created";
    if (isNew ? this.#lanes.size >= MAX_LANES : !this.#lanes.has(lane)) return undefined;
    const isEnd = LAST_EVENTS.has(type);
    if (isEnd) this.#lanes.delete(lane);
    const opening = isNew ? this.#ask(lane, asRecord(event?.["response"])) : { lane };
    return { ...opening, answer: JSON.stringify(event), isEnd };
  }

  /** A response begins: the client asked for it, or the first model did. */
  #ask(lane: string, response: JsonRecord | undefined): TurnStep {
    this.#lanes.add(lane);
    const requestNs = this.#askedNs;
    this.#askedNs = undefined;
    const previous = asFilledText(response?.["previous_response_id"]);
    const request = {
      ...this.#backend.toBody(undefined),
      input: this.#results.release(),
      stream: true,
      ...(previous !== undefined && { previous_response_id: previous }),
    };
    return { lane, dialect: backendTurn, request, ...(requestNs === undefined ? { isUnasked: true } : { requestNs }) };
  }

  /** An error of the session: it does not start, or work that was handed on is not done. */
  #refuse(json: JsonRecord, answer: string): TurnStep | undefined {
    if (!this.#isStarted && this.#startNs !== undefined) {
      const requestNs = this.#startNs;
      this.#startNs = undefined;
      return { request: this.#voice.refuse(this.#toVoiceRequest), requestNs, answer, isEnd: true };
    }
    const [lane] = this.#lanes;
    const isHandoff = asText(asRecord(json["error"])?.["message"])?.startsWith("Responses handoff") === true;
    if (lane !== undefined && isHandoff) {
      this.#lanes.delete(lane);
      return { lane, answer, isEnd: true };
    }
    if (this.#askedNs === undefined) return undefined;
    const step = this.#ask("response:", undefined);
    this.#lanes.delete("response:");
    return { ...step, answer, isEnd: true };
  }
}

/** What of a session is about the first model. */
function toVoice(session: JsonRecord | undefined): JsonRecord {
  return compact<JsonRecord>({ model: session?.["model"], instructions: session?.["instructions"] });
}
