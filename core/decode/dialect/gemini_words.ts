/**
 * The words of Google's enumerations, in the order of their numbers from 1. gRPC sends the numbers, and so does JSON where the
 * client asks for `enum-encoding=int`, as the vendor's Python library does.
 *
 * @see https://github.com/googleapis/googleapis google/ai/generativelanguage/v1beta, google/cloud/aiplatform/v1 (read 2026-11-21)
 */

/** Kinds of content that tokens are counted for. */
export const MODALITIES = list("TEXT IMAGE VIDEO AUDIO DOCUMENT");
/** Whether functions are called. */
export const CALLING_MODES = list("AUTO ANY NONE VALIDATED");
/** How code that ran ended. */
export const OUTCOMES = list("OUTCOME_OK OUTCOME_FAILED OUTCOME_DEADLINE_EXCEEDED");
/** Why a candidate of the Gemini API ended. */
export const LABS_REASONS = list(
  "STOP MAX_TOKENS SAFETY RECITATION OTHER LANGUAGE BLOCKLIST PROHIBITED_CONTENT SPII MALFORMED_FUNCTION_CALL IMAGE_SAFETY " +
    "UNEXPECTED_TOOL_CALL TOO_MANY_TOOL_CALLS",
);
/** Why a candidate of Vertex AI ended. */
export const CLOUD_REASONS = list(
  "STOP MAX_TOKENS SAFETY RECITATION OTHER BLOCKLIST PROHIBITED_CONTENT SPII MALFORMED_FUNCTION_CALL MODEL_ARMOR",
);
/** Why a prompt was refused by the Gemini API. */
export const LABS_BLOCKS = list("SAFETY OTHER BLOCKLIST PROHIBITED_CONTENT IMAGE_SAFETY");
/** Why a prompt was refused by Vertex AI. */
export const CLOUD_BLOCKS = list("SAFETY OTHER BLOCKLIST PROHIBITED_CONTENT MODEL_ARMOR JAILBREAK");

/** Gives the word of a value that may be its number; a number without a word in the list stays as its digits, 0 is no word. */
export function toWord(value: unknown, words: readonly string[]): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value !== "number" || !Number.isInteger(value) || value <= 0) return undefined;
  return words[value - 1] ?? String(value);
}

function list(text: string): readonly string[] {
  return text.split(" ");
}
