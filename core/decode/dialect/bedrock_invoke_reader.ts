import { Buffer } from "node:buffer";
import type { ModelResponse } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { Dialect, ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asCount, asFilledText, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { compact, sumCounts } from "./json_value.ts";

/** Creates the reader of an InvokeModel answer: unwraps frames and hands the vendor's messages to the vendor's reader. */
export function createInvokeReader(context: ResponseContext, vendor: Dialect): ResponseReader {
  return new InvokeReader(context, vendor);
}

class InvokeReader implements ResponseReader {
  readonly #context: ResponseContext;
  readonly #inner: ResponseReader;
  #metrics: JsonRecord | undefined;
  #exception: ModelResponse["error"];

  constructor(context: ResponseContext, vendor: Dialect) {
    this.#context = context;
    this.#inner = vendor.createReader(context);
  }

  get hasEnded(): boolean | undefined {
    return this.#metrics !== undefined ? true : this.#inner.hasEnded;
  }

  message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    if (message.name === undefined) return this.#inner.message(message);
    const frame = parseRecord(message.text);
    if (message.headers?.get(":message-type") === "exception") {
      this.#exception = compact({
        type: message.headers.get(":exception-type"),
        message: asFilledText(frame?.["message"]),
      });
      return "meta";
    }
    const text = unwrapBytes(asText(frame?.["bytes"]));
    if (text === undefined) return "meta";
    const json = parseRecord(text);
    this.#metrics = asRecord(json?.["amazon-bedrock-invocationMetrics"]) ?? this.#metrics;
    const type = asText(json?.["type"]);
    return this.#inner.message({ ...(type !== undefined && { name: type }), text });
  }

  finish(isComplete: boolean): ModelResponse {
    const answer = this.#inner.finish(isComplete);
    const usage = answer.usage ?? toMetricsUsage(this.#metrics) ?? toHeaderUsage(this.#context);
    const requestId = answer.requestId ?? this.#context.response.headers.get("x-amzn-requestid");
    const error = this.#exception ?? answer.error ?? this.#readHeaderError();
    return compact<ModelResponse>({ ...answer, usage, requestId, error });
  }

  #readHeaderError(): ModelResponse["error"] {
    const type = this.#context.response.headers.get("x-amzn-errortype")?.split(":")[0];
    return type === undefined ? undefined : { type };
  }
}

function unwrapBytes(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, "base64").toString("utf8");
}

function toUsage(input?: number, output?: number, read?: number, written?: number): Usage | undefined {
  if (input === undefined && output === undefined) return undefined;
  const inputTokens = input === undefined ? undefined : sumCounts(input, read, written);
  return compact<Usage>({
    inputTokens,
    outputTokens: output,
    totalTokens: inputTokens !== undefined && output !== undefined ? inputTokens + output : undefined,
    cachedTokens: read,
    cacheWriteTokens: written,
  });
}

/** The last streamed message carries the counts of the whole call. */
function toMetricsUsage(metrics: JsonRecord | undefined): Usage | undefined {
  if (metrics === undefined) return undefined;
  return toUsage(
    asCount(metrics["inputTokenCount"]),
    asCount(metrics["outputTokenCount"]),
    asCount(metrics["cacheReadInputTokenCount"]),
    asCount(metrics["cacheWriteInputTokenCount"]),
  );
}

/** Headers carry the counts even where the body does not. */
function toHeaderUsage(context: ResponseContext): Usage | undefined {
  const read = (name: string) => {
    const text = context.response.headers.get(`x-amzn-bedrock-${name}-token-count`);
    return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  };
  return toUsage(read("input"), read("output"), read("cache-read-input"), read("cache-write-input"));
}
