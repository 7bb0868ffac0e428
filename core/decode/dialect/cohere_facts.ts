import type { FinishReason } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import { asCount, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { toWordTable } from "./word_table.ts";

const FINISH_REASONS = toWordTable<FinishReason>({
  COMPLETE: "stop",
  STOP_SEQUENCE: "stop",
  MAX_TOKENS: "length",
  TOOL_CALL: "tool_calls",
  ERROR: "error",
  ERROR_TOXIC: "content_filter",
  TIMEOUT: "error",
});

const PARAMETER_NAMES: Readonly<Record<string, string>> = {
  temperature: "temperature",
  p: "top_p",
  k: "top_k",
  max_tokens: "max_tokens",
  stop_sequences: "stop",
  seed: "seed",
  frequency_penalty: "frequency_penalty",
  presence_penalty: "presence_penalty",
};

/** The common word for Cohere's finish reason; undefined without one. */
export function toCohereFinishReason(raw: string | undefined): FinishReason | undefined {
  return raw === undefined ? undefined : FINISH_REASONS[raw] ?? "other";
}

/** Settings of a Cohere request under their common names; null and absent ones are left out. */
export function readCohereParameters(json: JsonRecord): Record<string, unknown> {
  const parameters: Record<string, unknown> = {};
  for (const [name, published] of Object.entries(PARAMETER_NAMES)) {
    if (json[name] !== undefined && json[name] !== null) parameters[published] = json[name];
  }
  const format = asText(asRecord(json["response_format"])?.["type"]);
  if (format !== undefined) parameters["response_format"] = format;
  return parameters;
}

/**
 * `tokens` is what the model saw; `billed_units` is smaller, and what is paid for. Cached tokens are part of the input. Before
 * `tokens` there was a `token_count` beside `meta`.
 */
export function toCohereUsage(usage: JsonRecord | undefined, counted?: JsonRecord): Usage | undefined {
  const tokens = asRecord(usage?.["tokens"]);
  const billed = asRecord(usage?.["billed_units"]);
  const billedInputTokens = asCount(billed?.["input_tokens"]);
  const billedOutputTokens = asCount(billed?.["output_tokens"]);
  const inputTokens = asCount(tokens?.["input_tokens"]) ?? asCount(counted?.["prompt_tokens"]) ?? billedInputTokens;
  const outputTokens = asCount(tokens?.["output_tokens"]) ?? asCount(counted?.["response_tokens"]) ??
    billedOutputTokens;
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return compact<Usage>({
    inputTokens,
    outputTokens,
    totalTokens: inputTokens !== undefined && outputTokens !== undefined ? inputTokens + outputTokens : undefined,
    cachedTokens: asCount(usage?.["cached_tokens"]),
    reasoningTokens: asCount(tokens?.["reasoning_tokens"]),
    billedInputTokens: billedInputTokens === inputTokens ? undefined : billedInputTokens,
    billedOutputTokens: billedOutputTokens === outputTokens ? undefined : billedOutputTokens,
  });
}
