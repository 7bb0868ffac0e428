/**
 * Token counts normalised by the vendor's own rule. Absent is unknown, never 0.
 */
export interface Usage {
  /** All input tokens, cache reads and cache writes included. */
  inputTokens?: number;
  /** All billed output tokens, reasoning included. */
  outputTokens?: number;
  /** Only when given or exactly derivable. */
  totalTokens?: number;
  /** Part of `inputTokens` that was read from a cache. */
  cachedTokens?: number;
  /** Part of `inputTokens` that was written to a cache. */
  cacheWriteTokens?: number;
  /** Part of `cacheWriteTokens` with a one-hour life time (Anthropic). */
  cacheWrite1hTokens?: number;
  /** Part of `outputTokens` that was reasoning. */
  reasoningTokens?: number;
  /** Parts in other modalities. */
  inputAudioTokens?: number;
  outputAudioTokens?: number;
  cachedAudioTokens?: number;
  inputImageTokens?: number;
  outputImageTokens?: number;
  /** Paid server tool uses, such as web searches. */
  webSearches?: number;
  /** What the vendor bills for, where it states other counts for that than for what the model read and wrote. */
  billedInputTokens?: number;
  billedOutputTokens?: number;
  /** What the vendor bills besides: work whose tokens are in none of these counts, of the same model where it names none. */
  besides?: readonly { readonly model?: string; readonly usage: Usage }[];
  /** Cost in USD stated by the vendor on the wire; beats any price table. */
  statedCostUsd?: number;
}
