import type { Usage } from "../../model/usage.ts";
import { asAmount, asCount, asRecord, type JsonRecord } from "./json_access.ts";

/** xAI states cost in ticks of 1e-10 USD. */
const USD_PER_TICK = 1e-10;

/**
 * Normalises the `usage` object of chat completions, completions and embeddings. Cached tokens are part of the prompt and
 * reasoning tokens part of the completion, except where the vendor counts reasoning beside the completion: its own total
 * shows that (`total = prompt + completion + reasoning`), or the quirk `reasoning_outside_completion` says so.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/object (read 2026-08-20)
 */
export function decodeOpenAiUsage(value: unknown, quirks: readonly string[]): Usage | undefined {
  const json = asRecord(value);
  if (json === undefined) return undefined;
  const usage: Usage = {};
  const prompt = asCount(json.prompt_tokens) ?? asCount(json.input_tokens);
  if (prompt !== undefined) usage.inputTokens = prompt;
  addDetails(usage, json);
  const completion = asCount(json.completion_tokens) ?? asCount(json.output_tokens);
  if (completion !== undefined) {
    const outside = isReasoningOutside(json, usage.reasoningTokens, quirks) ? usage.reasoningTokens ?? 0 : 0;
    usage.outputTokens = completion + outside;
  }
  const total = asCount(json.total_tokens);
  if (total !== undefined) usage.totalTokens = total;
  else if (prompt !== undefined && usage.outputTokens !== undefined) usage.totalTokens = prompt + usage.outputTokens;
  addStatedCost(usage, json, quirks);
  return usage;
}

function addDetails(usage: Usage, json: JsonRecord): void {
  const prompt = asRecord(json.prompt_tokens_details) ?? asRecord(json.input_tokens_details);
  const output = asRecord(json.completion_tokens_details) ?? asRecord(json.output_tokens_details);
  const cached = asCount(prompt?.cached_tokens) ?? asCount(json.prompt_cache_hit_tokens) ??
    asCount(json.num_cached_tokens) ?? asCount(json.cached_tokens);
  if (cached !== undefined) usage.cachedTokens = cached;
  const reasoning = asCount(output?.reasoning_tokens) ?? asCount(json.reasoning_tokens);
  if (reasoning !== undefined) usage.reasoningTokens = reasoning;
  if (prompt !== undefined) addInputParts(usage, prompt);
  const written = usage.cacheWriteTokens ?? asCount(json.cache_creation_input_tokens);
  if (written !== undefined) usage.cacheWriteTokens = written;
  if (output !== undefined) addOutputParts(usage, output);
}

function addInputParts(usage: Usage, details: JsonRecord): void {
  const written = asCount(details.cache_write_tokens) ?? asCount(details.cache_creation_input_tokens);
  if (written !== undefined) usage.cacheWriteTokens = written;
  const audio = asCount(details.audio_tokens);
  if (audio) usage.inputAudioTokens = audio;
  const image = asCount(details.image_tokens);
  if (image) usage.inputImageTokens = image;
  // Cached sound has a price of its own, so 0 is worth saying.
  const cachedAudio = asCount(asRecord(details.cached_tokens_details)?.audio_tokens);
  if (cachedAudio !== undefined) usage.cachedAudioTokens = cachedAudio;
}

function addOutputParts(usage: Usage, details: JsonRecord): void {
  const audio = asCount(details.audio_tokens);
  if (audio) usage.outputAudioTokens = audio;
  const image = asCount(details.image_tokens);
  if (image) usage.outputImageTokens = image;
}

function isReasoningOutside(json: JsonRecord, reasoning: number | undefined, quirks: readonly string[]): boolean {
  if (!reasoning) return false;
  const prompt = asCount(json.prompt_tokens) ?? asCount(json.input_tokens);
  const completion = asCount(json.completion_tokens) ?? asCount(json.output_tokens);
  const total = asCount(json.total_tokens);
  if (prompt === undefined || completion === undefined || total === undefined) {
    return quirks.includes("reasoning_outside_completion");
  }
  return total === prompt + completion + reasoning;
}

/** A cost on the wire beats any price table; a bare `cost` is dollars only where the vendor documents it. */
function addStatedCost(usage: Usage, json: JsonRecord, quirks: readonly string[]): void {
  const ticks = asAmount(json.cost_in_usd_ticks);
  // Resellers that bill by themselves send 0 for tokens that are not free.
  if (ticks !== undefined && ticks > 0) usage.statedCostUsd = ticks * USD_PER_TICK;
  const total = asAmount(asRecord(json.cost)?.total_cost);
  if (total !== undefined) usage.statedCostUsd = total;
  const bare = asAmount(json.cost);
  if (bare !== undefined && json.is_byok !== true && quirks.includes("usage_cost_usd")) usage.statedCostUsd = bare;
}

/** Adds the cost that a document states beside its usage (Venice: `cost:{usd,diem}`). Paid in credits, it has no price in dollars. */
export function addDocumentCost(usage: Usage | undefined, document: JsonRecord): Usage | undefined {
  const cost = usage === undefined ? undefined : asRecord(document.cost);
  const usd = asAmount(cost?.usd);
  if (usage === undefined || usd === undefined || (usd === 0 && cost?.diem !== 0)) return usage;
  return { ...usage, statedCostUsd: usd };
}
