/**
 * Replicate predictions: the model's own inputs under `input`; the output when it is ready, which a client waits for (`Prefer:
 * wait`), polls for, or reads as a stream of events from the address under `urls.stream`.
 *
 * @see https://replicate.com/docs/reference/http, https://replicate.com/docs/topics/predictions/streaming (read 2026-11-21)
 */
import type { ModelError, ModelRequest, ModelResponse, PendingWork } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import { toAddress, toPendingWork } from "./address.ts";
import type { Dialect, RequestView, ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { asCount, asFilledText, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";

const MODEL_PATH = /\/v1\/(?:models|deployments)\/([^/]+\/[^/]+)\/predictions$/;

/** Nothing has come of the prediction yet. */
const UNDER_WAY: ReadonlySet<unknown> = new Set(["starting", "processing"]);

/** Replicate predictions. */
export const replicate: Dialect = {
  id: "replicate",
  summary: "Replicate predictions, waited for, polled or streamed",
  stability: "experimental",
  docsUrl: "https://replicate.com/docs/reference/http",
  matchHead: (head) => {
    if (head.method !== "POST") return 0;
    if (MODEL_PATH.test(head.path)) return 0.8;
    return head.path.endsWith("/v1/predictions") ? 0.6 : 0;
  },
  matchBody: (json) => (typeof json["version"] === "string" && asRecord(json["input"]) !== undefined ? 0.7 : 0),
  matchAnswer: (json) => (json !== undefined && "urls" in json && "output" in json && "status" in json ? 0.8 : 0),
  requestType: () => "other",
  decodeRequest,
  createReader: (context) =>
    context.response.contentType.startsWith("text/event-stream")
      ? new OutputReader(context)
      : createDocumentReader(context, readPrediction, { hasOwnErrors: true }),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  const input = asRecord(json?.["input"]);
  if (input === undefined) return undefined;
  const prompt = asText(input["prompt"]);
  return compact<ModelRequest>({
    requestType: "other",
    model: MODEL_PATH.exec(view.path)?.[1] ?? asFilledText(json?.["version"]),
    isStreaming: json?.["stream"] === true,
    messages: prompt === undefined ? [] : [{ role: "user", content: prompt }],
    systemPrompt: asFilledText(input["system_prompt"]),
    tools: [],
    parameters: compact<Record<string, unknown>>({
      temperature: input["temperature"],
      top_p: input["top_p"],
      max_tokens: input["max_tokens"] ?? input["max_new_tokens"],
    }),
  });
}

function readPrediction(json: JsonRecord, context: ResponseContext): Partial<ModelResponse> {
  const isUnderWay = UNDER_WAY.has(json["status"]);
  return compact<Partial<ModelResponse>>({
    requestId: asFilledText(json["id"]),
    model: asFilledText(json["model"]),
    isAccepted: isUnderWay ? true : undefined,
    pending: isUnderWay ? readAddresses(json, context) : undefined,
    // While a prediction is under way its output grows.
    ...(isUnderWay ? {} : readOutput(json["output"])),
    usage: readUsage(asRecord(json["metrics"])),
    error: readFailure(json),
  });
}

function readAddresses(json: JsonRecord, context: ResponseContext): PendingWork | undefined {
  const urls = asRecord(json["urls"]);
  return toPendingWork(context, toAddress(urls?.["get"]), toAddress(urls?.["stream"]));
}

function readOutput(output: unknown): Partial<ModelResponse> {
  const pieces = Array.isArray(output) ? output : output === undefined || output === null ? [] : [output];
  if (pieces.length === 0) return {};
  const isText = pieces.every((piece) => typeof piece === "string" && !isFile(piece));
  if (!isText) return Array.isArray(output) || isFile(output) ? { outputCount: pieces.length } : {};
  return { choices: [{ index: 0, message: { role: "assistant", content: pieces.join("") } }] };
}

function isFile(piece: unknown): boolean {
  return typeof piece === "string" && /^(?:https?:|data:)/.test(piece);
}

function readFailure(json: JsonRecord): ModelError | undefined {
  const message = asFilledText(json["error"]);
  if (json["status"] === "canceled") return compact<ModelError>({ type: "canceled", message });
  return message === undefined ? undefined : { message };
}

function readUsage(metrics: JsonRecord | undefined): Usage | undefined {
  const inputTokens = asCount(metrics?.["input_token_count"]);
  const outputTokens = asCount(metrics?.["output_token_count"]);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return compact<Usage>({ inputTokens, outputTokens });
}

/** The stream of a prediction: events `output` with bare text, `logs`, `error`, and `done`, which names a reason when it is no success. */
class OutputReader implements ResponseReader {
  readonly #wantsDelta: boolean;
  #text = "";
  #files = 0;
  #error: ModelError | undefined;
  #isDone = false;

  constructor(context: ResponseContext) {
    this.#wantsDelta = context.wantsDelta;
  }

  get hasEnded(): boolean {
    return this.#isDone;
  }

  message({ name, text }: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    switch (name) {
      case "output":
        if (isFile(text)) this.#files++;
        else this.#text += text;
        return this.#wantsDelta && !isFile(text) ? { content: text } : "token";
      case "error":
        this.#error = { message: asFilledText(parseRecord(text)?.["detail"]) ?? text };
        return "meta";
      case "done":
        this.#end(asFilledText(parseRecord(text)?.["reason"]));
        return "end";
      default:
        return "meta";
    }
  }

  finish(): ModelResponse {
    return compact<ModelResponse>({
      choices: this.#text === "" ? [] : [{ index: 0, message: { role: "assistant", content: this.#text } }],
      outputCount: this.#files > 0 ? this.#files : undefined,
      error: this.#error,
    });
  }

  #end(reason: string | undefined): void {
    this.#isDone = true;
    if (reason !== undefined) this.#error ??= { type: reason };
  }
}
