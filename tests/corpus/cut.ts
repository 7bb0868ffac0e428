import type { OispEvent } from "../../core/model/oisp_event.ts";
import type { Facts } from "./oracle.ts";

/** Facts that an answer states at once; when they are there after a cut they are the whole answer's. */
const WHOLE_FACTS = [
  "request_type",
  "request_model",
  "message_count",
  "message_texts",
  "system_prompt",
  "tools",
  "status",
  "finish_reason",
  "prompt_tokens",
  "completion_tokens",
  "total_tokens",
  "cached_tokens",
  "reasoning_tokens",
  "embedding_count",
  "dimensions",
] as const satisfies readonly (keyof Facts)[];

/** Says what the events of a cut answer state that the whole answer does not; undefined when they invent nothing. */
export function findInvented(full: Facts, cut: Facts, events: readonly OispEvent[]): string | undefined {
  for (const fact of WHOLE_FACTS) {
    if (cut[fact] !== undefined && JSON.stringify(cut[fact]) !== JSON.stringify(full[fact])) {
      return `${fact} is ${JSON.stringify(cut[fact])}, whole ${JSON.stringify(full[fact])}`;
    }
  }
  const contents = cut.contents ?? [];
  const isPrefix = contents.every((text, index) => full.contents?.[index]?.startsWith(text));
  if (!isPrefix) return `content is no beginning of the whole: ${JSON.stringify(contents).slice(0, 200)}`;
  if (cut.success === true && !hasEnd(full, cut)) return "success is claimed";
  const answer = events.find((event) => event.event_type === "ai.response" || event.event_type === "ai.embedding");
  if (answer?.confidence.completeness === "full" && !hasEnd(full, cut)) return "it is called whole";
  return undefined;
}

/** Facts that a request states at once. */
const REQUEST_FACTS = [
  "request_type",
  "request_model",
  "streaming_request",
  "message_count",
  "system_prompt",
  "tools",
  "temperature",
  "max_tokens",
] as const satisfies readonly (keyof Facts)[];

/** Says what the events of a cut request state that the whole one does not; undefined when they invent nothing. */
export function findInventedInRequest(full: Facts, cut: Facts, events: readonly OispEvent[]): string | undefined {
  for (const fact of REQUEST_FACTS) {
    if (cut[fact] !== undefined && JSON.stringify(cut[fact]) !== JSON.stringify(full[fact])) {
      return `${fact} is ${JSON.stringify(cut[fact])}, whole ${JSON.stringify(full[fact])}`;
    }
  }
  const wrong = cut.message_texts?.findIndex((text, index) => full.message_texts?.[index] !== text) ?? -1;
  if (wrong >= 0) return `message ${wrong} is ${JSON.stringify(cut.message_texts?.[wrong])}`;
  const request = events.find((event) => event.event_type === "ai.request");
  return request?.confidence.completeness === "full" ? "it is called whole" : undefined;
}

/** A stream may be cut after its own end mark: then nothing is missing. */
function hasEnd(full: Facts, cut: Facts): boolean {
  return cut.streaming === true && JSON.stringify({ ...full }) === JSON.stringify({ ...cut });
}
