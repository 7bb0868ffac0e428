import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";

/** Names of events that carry a piece of text, old and new; all become the one that Responses streams have. */
const TEXT_DELTAS: ReadonlySet<string> = new Set([
  "response.output_text.delta",
  "response.text.delta",
  "response.output_audio_transcript.delta",
  "response.audio_transcript.delta",
]);

/** Events that mean the same in a Responses stream. */
const SAME: ReadonlySet<string> = new Set([
  "response.created",
  "response.output_item.added",
  "response.output_item.done",
  "response.function_call_arguments.delta",
  "error",
]);

/**
 * A Realtime event in the words of a Responses stream; undefined for events that say nothing about the answer (sound, buffers,
 * rate limits). `servedModel` is the session's, which no response names.
 */
export function toRealtimeAnswer(
  type: string,
  json: JsonRecord,
  text: string,
  servedModel?: string,
): string | undefined {
  if (TEXT_DELTAS.has(type)) return JSON.stringify({ ...json, type: "response.output_text.delta" });
  if (type === "response.output_item.done" || type === "response.output_item.added") {
    return JSON.stringify({ ...json, item: toItem(json.item) });
  }
  if (type === "response.done") return JSON.stringify(toDone(json, servedModel));
  return SAME.has(type) ? text : undefined;
}

function toDone(json: JsonRecord, servedModel: string | undefined): JsonRecord {
  const response = asRecord(json.response);
  // xAI counts beside the response, whose own usage is empty.
  const usage = [asRecord(response?.usage), asRecord(json.usage)].find((counts) => counts?.output_tokens !== undefined);
  const details = asRecord(response?.status_details);
  return {
    type: `response.${asFilledText(response?.status) ?? "completed"}`,
    response: {
      ...(servedModel !== undefined && { model: servedModel }),
      ...response,
      usage: null,
      ...(details?.type === "incomplete" && { incomplete_details: { reason: details.reason } }),
      output: asList(response?.output).map(toItem),
      ...(usage !== undefined && { usage: toUsage(usage) }),
      error: asRecord(details?.error) ?? null,
    },
  };
}

/** Sound parts are read by their transcript. */
function toItem(value: unknown): unknown {
  const item = asRecord(value);
  if (item === undefined || !Array.isArray(item.content)) return value;
  return {
    ...item,
    content: item.content.map((part: unknown) => {
      const transcript = asText(asRecord(part)?.transcript);
      return transcript === undefined ? part : { type: "output_text", text: transcript };
    }),
  };
}

/** Realtime says `token_details` where Responses say `tokens_details`. */
function toUsage(usage: JsonRecord): JsonRecord {
  return {
    ...usage,
    input_tokens_details: usage.input_token_details,
    output_tokens_details: usage.output_token_details,
  };
}
