/**
 * Speech over a WebSocket in voice vendors' own formats: one call for each socket, with the model of its address and, where the
 * vendor transcribes, the text that is final. Sound is never kept. Paths are matched weakly, so that only a host whose provider row
 * lists the format decides.
 *
 * @see https://developers.deepgram.com/reference/speech-to-text/listen-streaming, https://elevenlabs.io/docs/api-reference (read 2026-11-21)
 */
import type { Dialect, RequestHead, ResponseContext, ResponseReader } from "./dialect.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { createPieceReader, type Piece } from "./piece_reader.ts";
import type { SocketDialect, TurnReader, TurnStep } from "./socket_dialect.ts";

const PATH = /\/(?:listen|speak|stream-input|multi-stream-input|realtime|ws)$/;
const MODEL_IN_QUERY = /(?:^|&)(?:model|model_id|speech_model)=([\w.-]+)(?:&|$)/;

const audioCall: Dialect = {
  id: "audio_socket",
  summary: "Speech over a WebSocket in voice vendors' own formats, one call per socket",
  stability: "experimental",
  docsUrl: "https://developers.deepgram.com/reference/speech-to-text/listen-streaming",
  matchHead: () => 0,
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "audio",
  decodeRequest: (view) =>
    compact({
      requestType: "audio" as const,
      model: asFilledText(asRecord(view.json)?.["model"]),
      isStreaming: true,
      messages: [],
      tools: [],
      parameters: {},
    }),
  createReader: (context) => createReader(context),
};

/** Speech over a WebSocket. */
export const audioSocket: SocketDialect = {
  id: "audio_socket",
  summary: audioCall.summary,
  stability: "experimental",
  docsUrl: audioCall.docsUrl,
  dialect: audioCall,
  needsListing: true,
  matchHead: (head) => PATH.test(head.path),
  createTurns: (head) => new AudioCall(head),
};

class AudioCall implements TurnReader {
  readonly #head: RequestHead;

  constructor(head: RequestHead) {
    this.#head = head;
  }

  open(): TurnStep {
    return { request: compact<Record<string, unknown>>({ model: MODEL_IN_QUERY.exec(this.#head.query)?.[1] }) };
  }

  /** What the client sends is sound, or text that is spoken piece by piece after the request was told. */
  client(): undefined {
    return undefined;
  }

  /** Guesses that will change, and sound, are not handed on: a socket may live for hours. */
  server(json: JsonRecord, text: string): TurnStep | undefined {
    const isFinal = json["type"] === "Results" ? json["is_final"] === true : json["audio"] === undefined;
    return isFinal ? { answer: text } : undefined;
  }
}

function createReader(context: ResponseContext): ResponseReader {
  let hasText = false;
  return createPieceReader(context, (json): Piece => {
    const requestId = asFilledText(json["request_id"]) ?? asFilledText(asRecord(json["metadata"])?.["request_id"]);
    const alternative = asRecord(asList(asRecord(json["channel"])?.["alternatives"])[0]);
    const said = json["type"] === "Results" ? asFilledText(alternative?.["transcript"]) : undefined;
    const error = json["type"] === "Error" ? asText(json["description"]) ?? asText(json["message"]) : undefined;
    const text = said === undefined || !hasText ? said : ` ${said}`;
    hasText ||= said !== undefined;
    return { text, requestId, error: error === undefined ? undefined : { message: error } };
  });
}
