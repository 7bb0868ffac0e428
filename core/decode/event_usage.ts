import type { EventOf } from "../model/oisp_event.ts";
import type { Usage } from "../model/usage.ts";

type EventUsage = NonNullable<EventOf<"ai.response">["data"]["usage"]>;

/** Published names of token counts. */
const NAMES: readonly (readonly [Exclude<keyof Usage, "besides">, keyof EventUsage])[] = [
  ["inputTokens", "prompt_tokens"],
  ["outputTokens", "completion_tokens"],
  ["totalTokens", "total_tokens"],
  ["cachedTokens", "cached_tokens"],
  ["cacheWriteTokens", "cache_write_tokens"],
  ["reasoningTokens", "reasoning_tokens"],
  ["inputAudioTokens", "input_audio_tokens"],
  ["outputAudioTokens", "output_audio_tokens"],
  ["inputImageTokens", "input_image_tokens"],
  ["outputImageTokens", "output_image_tokens"],
];

/** Token counts as published; undefined when not one is known. */
export function toEventUsage(usage: Usage | undefined): EventUsage | undefined {
  if (usage === undefined) return undefined;
  const event: EventUsage = {};
  let isEmpty = true;
  for (const [from, to] of NAMES) {
    const value = usage[from];
    if (value === undefined) continue;
    event[to] = value;
    isEmpty = false;
  }
  return isEmpty ? undefined : event;
}
