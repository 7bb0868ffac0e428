import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";

/** Counts by the names of the vendor's metrics. */
const COUNTS: Readonly<Record<string, string>> = {
  num_prompt_tokens: "prompt_tokens",
  num_completion_tokens: "completion_tokens",
  num_total_tokens: "total_tokens",
};

/**
 * Meta's Llama API answers chat completions in a shape of its own: `completion_message` and `metrics`, or `event` when streamed.
 * Gives the same as chat completions; undefined for every other document.
 *
 * @see https://llama.developer.meta.com/docs/api/chat (read 2026-11-21)
 */
export function fromLlamaApi(json: JsonRecord): JsonRecord | undefined {
  const message = asRecord(json["completion_message"]);
  const event = asRecord(json["event"]);
  if (message === undefined && asText(event?.["event_type"]) === undefined) return undefined;
  const metrics = asRecords(json["metrics"] ?? event?.["metrics"]);
  return compact({
    id: asFilledText(json["id"]),
    choices: [message === undefined ? toChunk(event ?? {}) : toChoice(message)],
    usage: metrics.length === 0 ? undefined : toUsage(metrics),
  });
}

function toChoice(message: JsonRecord): JsonRecord {
  const content = asRecord(message["content"]);
  return compact({
    index: 0,
    message: compact({
      role: message["role"],
      content: content === undefined ? message["content"] : [content],
      tool_calls: asList(message["tool_calls"]).length === 0 ? undefined : message["tool_calls"],
    }),
    finish_reason: asFilledText(message["stop_reason"]),
  });
}

function toChunk(event: JsonRecord): JsonRecord {
  const delta = asRecord(event["delta"]);
  const text = asText(delta?.["text"]);
  const call = asRecord(delta?.["function"]);
  return compact({
    index: 0,
    delta: compact({
      content: text,
      tool_calls: call === undefined ? undefined : [compact({ id: delta?.["id"], function: call })],
    }),
    finish_reason: asFilledText(event["stop_reason"]),
  });
}

function toUsage(metrics: readonly JsonRecord[]): JsonRecord {
  const usage: Record<string, number> = {};
  for (const { metric, value } of metrics) {
    const name = COUNTS[asText(metric) ?? ""];
    const count = asCount(value);
    if (name !== undefined && count !== undefined) usage[name] = count;
  }
  return usage;
}
