import type { Usage } from "../../model/usage.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";

/**
 * Normalises Anthropic's usage. `input_tokens` is what was neither read from nor written to the cache; thinking is part of
 * `output_tokens`. `json` is the merged object of all usage a stream stated, later values first.
 *
 * @see https://docs.claude.com/en/api/messages (read 2026-08-20)
 */
export function decodeAnthropicUsage(json: JsonRecord, hasFinalOutput: boolean): Usage {
  const usage: Usage = {};
  const read = asCount(json.cache_read_input_tokens);
  const written = asCount(json.cache_creation_input_tokens);
  const fresh = asCount(json.input_tokens);
  if (fresh !== undefined) usage.inputTokens = fresh + (read ?? 0) + (written ?? 0);
  if (read !== undefined) usage.cachedTokens = read;
  if (written !== undefined) usage.cacheWriteTokens = written;
  const hour = asCount(asRecord(json.cache_creation)?.ephemeral_1h_input_tokens);
  if (hour) usage.cacheWrite1hTokens = hour;
  const output = asCount(json.output_tokens);
  // A stream's first event states the tokens made so far, usually 1: only a later one is the whole.
  if (output !== undefined && hasFinalOutput) usage.outputTokens = output;
  const thinking = asCount(asRecord(json.output_tokens_details)?.thinking_tokens);
  if (thinking !== undefined) usage.reasoningTokens = thinking;
  const searches = asCount(asRecord(json.server_tool_use)?.web_search_requests);
  if (searches) usage.webSearches = searches;
  if (usage.inputTokens !== undefined && usage.outputTokens !== undefined) {
    usage.totalTokens = usage.inputTokens + usage.outputTokens;
  }
  const besides = readBesides(json.iterations);
  if (besides.length > 0) usage.besides = besides;
  return usage;
}

/** Steps whose tokens the counts leave out: a summary of the conversation, and the word of a second model. */
const STEPS_BESIDE: ReadonlySet<string> = new Set(["compaction", "advisor_message"]);

function readBesides(iterations: unknown): NonNullable<Usage["besides"]> {
  const steps = asList(iterations).map((step) => asRecord(step) ?? {});
  return steps.filter(({ type }) => STEPS_BESIDE.has(asText(type) ?? "")).map((step) => {
    const model = asFilledText(step.model);
    return { ...(model !== undefined && { model }), usage: decodeAnthropicUsage({ ...step, iterations: [] }, true) };
  });
}
