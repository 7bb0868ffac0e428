import type { FinishReason } from "../../model/model_call.ts";
import { toWordTable } from "./word_table.ts";

/** The vendors' words for why a model stopped, lower case. */
const REASONS = toWordTable<FinishReason>({
  stop: "stop",
  eos: "stop",
  eos_token: "stop",
  end_turn: "stop",
  end_of_text: "stop",
  endoftext: "stop",
  stop_sequence: "stop",
  complete: "stop",
  completed: "stop",
  length: "length",
  max_tokens: "length",
  max_output_tokens: "length",
  maximum_tokens: "length",
  model_length: "length",
  model_context_window_exceeded: "length",
  tool_calls: "tool_calls",
  tool_call: "tool_calls",
  tool_use: "tool_calls",
  function_call: "tool_calls",
  content_filter: "content_filter",
  refusal: "content_filter",
  safety: "content_filter",
  error: "error",
  failed: "error",
});

/** Gives the common word for a vendor's finish reason; `other` for a word in no list. */
export function toFinishReason(raw: string): FinishReason {
  return REASONS[raw.toLowerCase()] ?? "other";
}
