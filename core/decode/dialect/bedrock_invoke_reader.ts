import { Buffer } from "node:buffer";
import type { ModelResponse } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { Dialect, ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asCount, asFilledText, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { compact, sumCounts } from "./json_value.ts";

/** Events of ConverseStream: inside InvokeModel they are the only member of a message, not its name. */
const CONVERSE_EVENTS: ReadonlySet<string> = new Set([
  "messageStart",
  "contentBlockStart",
  "contentBlockDelta",
  "contentBlockStop",
  "messageStop",
  "metadata",
]);

/** A format is only taken for another than the model's own where its answer can be no other. */
const PLAIN = 0.7;

/**
 * Creates the reader of an InvokeModel answer: unwraps frames and hands the vendor's messages to the vendor's reader. The first
 * message decides whether the answer is in one of the other formats.
 */
export function createInvokeReader(
  context: ResponseContext,
  vendor: Dialect,
  others: readonly Dialect[],
): ResponseReader {
  return new InvokeReader(context, vendor, others);
}

class InvokeReader implements ResponseReader {
  readonly #context: ResponseContext;
  readonly #vendor: Dialect;
  readonly #others: readonly Dialect[];
  #known: ResponseReader | undefined;
  #metrics: JsonRecord | undefined;
  #exception: ModelResponse["error"];

  constructor(context: ResponseContext, vendor: Dialect, others: readonly Dialect[]) {
    this.#context = context;
    this.#vendor = vendor;
    this.#others = others;
  }

  get hasEnded(): boolean | undefined {
    return this.#metrics !== undefined ? true : this.#known?.hasEnded;
  }

  gap(): void {
    this.#known?.gap?.();
  }

  message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    if (message.name === undefined) return this.#findInner(message.text).message(message);
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
    const inner = this.#findInner(text);
    const type = asText(json?.["type"]);
    if (type !== undefined) return inner.message({ name: type, text });
    const event = json === undefined ? undefined : Object.keys(json).find((key) => CONVERSE_EVENTS.has(key));
    return inner.message(event === undefined ? { text } : { name: event, text: JSON.stringify(json?.[event]) });
  }

  #findInner(text: string): ResponseReader {
    if (this.#known !== undefined) return this.#known;
    const json = this.#others.length === 0 ? undefined : parseRecord(text);
    const other = json === undefined
      ? undefined
      : this.#others.find((dialect) => dialect.matchAnswer(json, this.#context.response) >= PLAIN);
    return this.#known = (other ?? this.#vendor).createReader(this.#context);
  }

  finish(isComplete: boolean): ModelResponse {
    const answer = this.#known?.finish(isComplete) ?? { choices: [] };
    const usage = addTotal(answer.usage) ?? toMetricsUsage(this.#metrics) ?? toHeaderUsage(this.#context);
    const requestId = answer.requestId ?? this.#context.response.headers.get("x-amzn-requestid");
    const error = this.#exception ?? this.#addErrorType(answer.error);
    return compact<ModelResponse>({ ...answer, usage, requestId, error });
  }

  /** What kind of error it is stands in a header. */
  #addErrorType(error: ModelResponse["error"]): ModelResponse["error"] {
    const type = this.#context.response.headers.get("x-amzn-errortype")?.split(":")[0];
    return type === undefined ? error : { type, ...error };
  }
}

function unwrapBytes(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, "base64").toString("utf8");
}

/** Nova states no total in its streams; everywhere on Bedrock it is the sum of both. */
function addTotal(usage: Usage | undefined): Usage | undefined {
  const { inputTokens, outputTokens, totalTokens } = usage ?? {};
  if (totalTokens !== undefined || inputTokens === undefined || outputTokens === undefined) return usage;
  return { ...usage, totalTokens: inputTokens + outputTokens };
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
