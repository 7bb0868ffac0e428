/**
 * Gemini Live (BidiGenerateContent) over a WebSocket, on the Gemini API and on Vertex AI: one call per answer of the model. What
 * the set-up said (model, instructions, tools) and the contents sent since the last call make the request; sound and pictures are
 * counted, never kept. A tool call ends an answer, because its result is what the next call is about; the vendor counts tokens once
 * for all of a turn, so the last call of the turn has them.
 *
 * @see https://ai.google.dev/api/live (read 2026-11-21)
 */
import type { Dialect, RequestHead } from "./dialect.ts";
import { gemini } from "./gemini.ts";
import { geminiField } from "./gemini_content.ts";
import { GeminiLiveInput } from "./gemini_live_input.ts";
import { createGeminiLiveReader } from "./gemini_live_reader.ts";
import { asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords } from "./json_value.ts";
import type { SocketDialect, TurnReader, TurnStep } from "./socket_dialect.ts";

const PATH = /(?:GenerativeService|LlmBidiService)[./]BidiGenerateContent(?:Constrained)?$/;

/** Requests have the shape of generateContent; only their kind differs. */
const geminiLiveTurn: Dialect = {
  ...gemini,
  id: "gemini_live",
  summary: "Gemini Live, one call per answer",
  stability: "experimental",
  docsUrl: "https://ai.google.dev/api/live",
  matchHead: () => 0,
  matchBody: () => 0,
  requestType: () => "realtime",
  decodeRequest: (view) => {
    const request = gemini.decodeRequest(view);
    return request === undefined
      ? undefined
      : { ...request, requestType: "realtime", isStreaming: true, isDelta: true };
  },
  createReader: createGeminiLiveReader,
};

/** Gemini Live. */
export const geminiLive: SocketDialect = {
  id: "gemini_live",
  summary: geminiLiveTurn.summary,
  stability: "experimental",
  docsUrl: geminiLiveTurn.docsUrl,
  dialect: geminiLiveTurn,
  matchHead: (head: RequestHead) => PATH.test(head.path),
  createTurns: () => new LiveTurns(),
};

/** What a message of the server says about the turn. */
interface ServerStep {
  readonly content: JsonRecord | undefined;
  readonly toolCall: JsonRecord | undefined;
  readonly usage: JsonRecord | undefined;
}

class LiveTurns implements TurnReader {
  #setup: JsonRecord = {};
  readonly #input = new GeminiLiveInput();
  /** When the client asked while an answer was under way; that answer goes on to its end. */
  #askedNs: number | undefined;
  /** A call is under way. */
  #isOpen = false;
  /** The call under way answers the result of a tool, and has no output yet. */
  #awaitsResult = false;

  client(json: JsonRecord, timeNs = 0): TurnStep | undefined {
    const setup = asRecord(json["setup"]);
    if (setup !== undefined) this.#setup = setup;
    const result = asRecord(geminiField(json, "toolResponse"));
    const isAsking = this.#input.take(json, timeNs) || result !== undefined;
    if (result !== undefined) this.#input.addResults(result);
    if (!isAsking) return undefined;
    if (this.#isOpen) {
      this.#askedNs = timeNs;
      return undefined;
    }
    this.#isOpen = true;
    this.#awaitsResult = result !== undefined;
    return { request: this.#toRequest() };
  }

  server(json: JsonRecord, _text: string, hasTurn: boolean): TurnStep | undefined {
    const step: ServerStep = {
      content: asRecord(geminiField(json, "serverContent")),
      toolCall: asRecord(geminiField(json, "toolCall")),
      usage: asRecord(geminiField(json, "usageMetadata")),
    };
    this.#input.addTranscript(asRecord(geminiField(step.content, "inputTranscription")));
    const hasOutput = step.toolCall !== undefined || isOutput(step.content);
    if (!hasTurn && !hasOutput) return undefined;
    const opening = hasTurn ? undefined : this.#open();
    const answer = this.#answer(step, hasOutput);
    this.#isOpen = answer.isEnd !== true;
    return { ...opening, ...answer };
  }

  #answer(step: ServerStep, hasOutput: boolean): TurnStep {
    const isTurnOver = geminiField(step.content, "turnComplete") === true;
    // The end of the turn that called the tool may arrive after its result was sent: it does not end the next answer.
    const isEarlierEnd = isTurnOver && this.#awaitsResult && !hasOutput;
    if (hasOutput) this.#awaitsResult = false;
    return {
      ...((hasOutput || step.content !== undefined || step.usage !== undefined) && { answer: toAnswer(step) }),
      isEnd: step.toolCall !== undefined || (isTurnOver && !isEarlierEnd),
    };
  }

  /** The server speaks first: in answer to what was sent before, or to what it heard. */
  #open(): TurnStep {
    const requestNs = this.#askedNs ?? this.#input.endNs;
    this.#askedNs = undefined;
    this.#awaitsResult = false;
    return { request: this.#toRequest(), ...(requestNs === undefined ? { isUnasked: true } : { requestNs }) };
  }

  #toRequest(): JsonRecord {
    const { model } = this.#setup;
    this.#askedNs = undefined;
    return { ...this.#setup, model: toModelName(asText(model)), contents: this.#input.release() };
  }
}

/** `models/x`, or a whole resource name on Vertex AI. */
function toModelName(model: string | undefined): string | undefined {
  return model?.slice(model.lastIndexOf("/") + 1);
}

function isOutput(content: JsonRecord | undefined): boolean {
  if (content === undefined) return false;
  const turn = asRecord(geminiField(content, "modelTurn"));
  return asRecords(turn?.["parts"]).length > 0 ||
    asText(asRecord(geminiField(content, "outputTranscription"))?.["text"]) !== undefined;
}

/** The message without its sound and pictures, for the reader. */
function toAnswer({ content, toolCall, usage }: ServerStep): string {
  const turn = asRecord(geminiField(content, "modelTurn"));
  return JSON.stringify({
    serverContent: content === undefined ? undefined : {
      modelTurn: turn === undefined ? undefined : { parts: asRecords(turn["parts"]).map(withoutMedia) },
      outputTranscription: geminiField(content, "outputTranscription"),
      generationComplete: geminiField(content, "generationComplete"),
      interrupted: geminiField(content, "interrupted"),
      turnComplete: geminiField(content, "turnComplete"),
      turnCompleteReason: geminiField(content, "turnCompleteReason"),
    },
    toolCall,
    usageMetadata: usage,
  });
}

function withoutMedia(part: JsonRecord): JsonRecord {
  const media = asRecord(geminiField(part, "inlineData"));
  return media === undefined ? part : { inlineData: { mimeType: geminiField(media, "mimeType") } };
}
