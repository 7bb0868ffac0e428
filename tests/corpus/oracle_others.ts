import { answerText, type Facts, type Oracle } from "./oracle.ts";
import { pick, tryParse } from "./pick.ts";
import { pathOf, type Recording } from "./recording.ts";

/** Kind of call of paths that have no oracle of their own. */
const KINDS: readonly (readonly [path: RegExp, kind: string])[] = [
  [/\/(?:audio\/(?:speech|transcriptions|translations)|speak|listen|stt|tts)$/, "audio"],
  [/\/images(?:\/(?:generations|edits|variations))?$|\/videos\/generations$|:predictLongRunning$/, "image"],
  [/\/moderations$/, "moderation"],
  [/\/rerank$/, "rerank"],
  [/\/(?:batches|batch\/jobs)$|:batchGenerateContent$/, "batch"],
  [/\/count_tokens$|\/input_tokens$|:countTokens$/, "count_tokens"],
  [/\/models(?:\/[^/:]+)?$/, "models"],
  [/\/v2\/embed$|:(?:embedContent|batchEmbedContents)$|embedding[^/]*:predict$|embed[^/]*\/invoke$/, "embedding"],
  [/\/completions$/, "completion"],
  [/\/runs$|\/submit_tool_outputs$|\/invoke$|\/invoke-with-response-stream$/, "chat"],
];

/** Only the kind and the outcome are read. */
const UNREAD: readonly (keyof Facts)[] = [
  "streaming_request",
  "message_count",
  "message_texts",
  "system_prompt",
  "tools",
  "temperature",
  "max_tokens",
  "input_count",
  "request_id",
  "response_model",
  "streaming",
  "contents",
  "reasoning",
  "tool_calls",
  "finish_reason",
  "prompt_tokens",
  "completion_tokens",
  "total_tokens",
  "cached_tokens",
  "reasoning_tokens",
  "dimensions",
  "embedding_count",
  "request_model",
  "error_message",
];

/** All other calls: what kind they are, and whether they succeeded. */
export const othersOracle: Oracle = {
  format: "others",
  unread: UNREAD,
  accepts: (recording) => kindOf(recording) !== undefined,
  read: (recording) => {
    const error = pick(tryParse(answerText(recording)), "error");
    return {
      request_type: kindOf(recording) ?? "",
      status: recording.status,
      success: recording.status < 400 && error === undefined,
    };
  },
};

function kindOf(recording: Recording): string | undefined {
  return KINDS.find(([path]) => path.test(pathOf(recording)))?.[1];
}
