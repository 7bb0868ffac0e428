/**
 * Zed's service: the request of another vendor's API inside an envelope, its stream events one a line, each in an envelope as well, or
 * bare from older servers. What is inside is read by that vendor's format.
 *
 * @see https://github.com/zed-industries/zed, crates/cloud_llm_client and crates/language_models (read 2026-11-21)
 */
import type { ModelError, ModelRequest, ModelResponse, RequestType } from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import { anthropicMessages } from "./anthropic_messages.ts";
import { createCountReader } from "./count_reader.ts";
import type { Dialect, RequestHead, RequestView, ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { gemini } from "./gemini.ts";
import { asFilledText, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { openaiChat } from "./openai_chat.ts";
import { decodeBareError, decodeOpenAiError } from "./openai_error.ts";
import { openaiResponses } from "./openai_responses.ts";
import { hasPathEnd } from "./path_end.ts";

/** Formats that lie in the envelope, each with the path it has where it stands alone. */
const INNER: readonly (readonly [dialect: Dialect, path: string])[] = [
  [anthropicMessages, "/v1/messages"],
  [openaiResponses, "/v1/responses"],
  [gemini, "/v1beta/models/MODEL:streamGenerateContent"],
  [openaiChat, "/v1/chat/completions"],
];

const TYPES: readonly (readonly [pathEnd: string, type: RequestType])[] = [
  ["completions", "chat"],
  ["completions/compact", "chat"],
  ["count_tokens", "count_tokens"],
  ["predict_edits", "completion"],
  ["predict_edits/v2", "completion"],
];

/** Zed. */
export const zed: Dialect = {
  id: "zed",
  summary: "Zed's service: other vendors' requests and streams in its envelope, token counts, edit predictions",
  stability: "experimental",
  docsUrl: "https://github.com/zed-industries/zed",
  // The path is an old one of OpenAI's, too.
  matchHead: (head) => (head.method === "POST" && isZed(head) && findType(head) !== undefined ? 0.95 : 0),
  matchBody: (json) =>
    asRecord(json["provider_request"]) !== undefined && typeof json["provider"] === "string" &&
      typeof json["model"] === "string"
      ? 0.9
      : 0,
  matchAnswer: () => 0,
  requestType: (head) => findType(head) ?? "chat",
  decodeRequest,
  createReader: (context) => {
    const type = findType(context.head);
    if (type === "count_tokens") return createCountReader(context, "tokens");
    return type === "completion" ? createDocumentReader(context, readPrediction) : new EnvelopeReader(context);
  },
};

function isZed(head: RequestHead): boolean {
  return head.headers.has("x-zed-version") || head.host?.endsWith(".zed.dev") === true;
}

function findType(head: RequestHead): RequestType | undefined {
  return TYPES.find(([pathEnd]) => hasPathEnd(head.path, pathEnd))?.[1];
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  if (findType(view) === "completion") return decodePrediction(json);
  const inner = asRecord(json["provider_request"]);
  const model = asFilledText(json["model"]);
  const request = inner === undefined ? undefined : decodeInner(view, inner, model);
  if (request === undefined) return undefined;
  const thread = asFilledText(json["thread_id"]);
  return compact<ModelRequest>({
    ...request,
    requestType: zed.requestType(view),
    model: model ?? request.model,
    isStreaming: zed.requestType(view) === "chat" && !hasPathEnd(view.path, "compact"),
    sessionKeys: thread === undefined ? request.sessionKeys : { ...request.sessionKeys, conversation: thread },
  });
}

/** The body says whose it is, as it would on an unknown host. */
function decodeInner(view: RequestView, json: JsonRecord, model: string | undefined): ModelRequest | undefined {
  let best: (typeof INNER)[number] | undefined;
  let bestScore = 0;
  for (const entry of INNER) {
    const score = entry[0].matchBody(json, { ...view, path: "" });
    if (score <= bestScore) continue;
    best = entry;
    bestScore = score;
  }
  if (best === undefined) return undefined;
  const path = best[1].replace("MODEL", () => model ?? "");
  return best[0].decodeRequest({ ...view, path, json, messages: [] });
}

function decodePrediction(json: JsonRecord): ModelRequest | undefined {
  const excerpt = asText(json["input_excerpt"]);
  if (excerpt === undefined) return undefined;
  return {
    requestType: "completion",
    isStreaming: false,
    messages: [{ role: "user", content: excerpt }],
    tools: [],
    parameters: {},
  };
}

function readPrediction(json: JsonRecord): Partial<ModelResponse> {
  const content = asText(json["output_excerpt"]);
  return compact<Partial<ModelResponse>>({
    requestId: asFilledText(json["request_id"]),
    choices: content === undefined ? undefined : [{ index: 0, message: { role: "assistant", content } }],
  });
}

/** Opens the envelopes and hands what is inside to the reader of its format, which the first event tells. */
class EnvelopeReader implements ResponseReader {
  readonly #context: ResponseContext;
  #inner: ResponseReader | undefined;
  #error: ModelError | undefined;
  #hasStatus = false;
  #isOver = false;

  constructor(context: ResponseContext) {
    this.#context = context;
  }

  /** Servers that send states say when the stream is over; else the format inside knows. */
  get hasEnded(): boolean | undefined {
    return this.#isOver ? true : this.#inner?.hasEnded;
  }

  message({ text }: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    const json = parseRecord(text);
    if (json === undefined) return "meta";
    if (this.#context.response.status >= 400) {
      this.#error = decodeOpenAiError(json) ?? decodeBareError(json);
      return "meta";
    }
    if (json["status"] !== undefined && json["type"] === undefined && json["id"] === undefined) {
      return this.#status(json["status"]);
    }
    const event = asRecord(json["event"]);
    return this.#event(event ?? json);
  }

  gap(): void {
    this.#inner?.gap?.();
  }

  finish(isComplete: boolean): ModelResponse {
    const answer = this.#inner?.finish(isComplete) ?? { choices: [] };
    return this.#error === undefined ? answer : { ...answer, error: this.#error };
  }

  #status(status: unknown): "meta" | "end" {
    this.#hasStatus = true;
    const failed = asRecord(asRecord(status)?.["failed"]);
    if (failed !== undefined) {
      this.#error = compact<ModelError>({ code: asFilledText(failed["code"]), message: asText(failed["message"]) });
    }
    if (status !== "stream_ended") return "meta";
    this.#isOver = true;
    return "end";
  }

  #event(event: JsonRecord): "token" | "meta" | "end" | StreamDelta {
    this.#inner ??= this.#open(event);
    const name = asFilledText(event["type"]);
    const said = this.#inner?.message({ text: JSON.stringify(event), ...(name !== undefined && { name }) }) ?? "meta";
    // The stream goes on after the format's own end mark, as long as states are sent.
    return said === "end" && this.#hasStatus ? "meta" : said;
  }

  #open(event: JsonRecord): ResponseReader | undefined {
    const scores = INNER.map(([dialect]) => dialect.matchAnswer(event, this.#context.response));
    const best = Math.max(...scores);
    return best === 0 ? undefined : INNER[scores.indexOf(best)]?.[0].createReader(this.#context);
  }
}
