import type { Completeness } from "../model/http_exchange.ts";
import type { ModelRequest, ModelResponse, RequestType } from "../model/model_call.ts";
import type { Confidence } from "./event_envelope.ts";

/** What decided the message format. */
export type FormatSource = "path" | "body" | "answer";

/** What the sureness of an event is computed from. */
export interface ConfidenceFacts {
  /** The vendor is known from the host. */
  readonly hasProvider: boolean;
  /** What decided the format. */
  readonly formatBy: FormatSource;
  /** The vendor publishes no schema of the format. */
  readonly isOpaque: boolean;
  /** State of the message the event is about. */
  readonly completeness: Completeness;
  /** Reason codes of what is wrong or missing. */
  readonly reasons: readonly string[];
  /** Contents were decoded. */
  readonly hasContent: boolean;
  /** Facts that could not be known because bytes are missing. */
  readonly missing: readonly string[];
  /** That the answer belongs to the request is likely, and no more (`HttpExchange.isPairingAssumed`). */
  readonly isPairingAssumed?: boolean | undefined;
}

/** Most events miss nothing and have no reason: they share one frozen object, which is redacted once. */
const SURE: Confidence = Object.freeze<Confidence>({ level: "high", completeness: "full" });

/** Computes how sure and how complete an event is. The result may be shared and frozen. */
export function toConfidence(facts: ConfidenceFacts): Confidence {
  const isComplete = facts.completeness === "complete" && facts.reasons.length === 0;
  const isByHead = facts.hasProvider && facts.formatBy === "path";
  const isSure = isByHead && facts.isPairingAssumed !== true;
  if (isComplete && isSure && facts.hasContent && facts.missing.length === 0) return SURE;
  const confidence: Confidence = {
    level: toLevel(facts),
    completeness: facts.hasContent ? (isComplete ? "full" : "partial") : "metadata_only",
  };
  if (facts.missing.length > 0) confidence.missing = [...facts.missing];
  const reasons = toReasons(facts);
  if (reasons.length > 0) confidence.reasons = reasons;
  return confidence;
}

/** Facts of a request that are absent, or of which some are, because its body is not whole. */
export function findMissingInRequest(request: ModelRequest | undefined): readonly string[] {
  return request === undefined || request.isPart === true ? ["messages", "parameters"] : [];
}

/** Facts of an answer that are absent because it is not whole. */
export function findMissingInAnswer(response: ModelResponse | undefined, requestType: RequestType): readonly string[] {
  const missing: string[] = [];
  if (requestType === "chat" || requestType === "completion") {
    if (response === undefined || response.choices.length === 0) missing.push("choices");
    if (!response?.choices.some((choice) => choice.finishReason !== undefined)) missing.push("finish_reason");
    if (response?.usage?.outputTokens === undefined) missing.push("usage");
  } else if (response?.usage === undefined) missing.push("usage");
  return missing;
}

function toLevel(facts: ConfidenceFacts): Confidence["level"] {
  if (!facts.hasProvider) return "inferred";
  if (facts.isOpaque || facts.completeness === "joined_late") return "low";
  return facts.formatBy === "path" && facts.isPairingAssumed !== true ? "high" : "medium";
}

function toReasons(facts: ConfidenceFacts): string[] {
  const reasons = [...facts.reasons];
  if (facts.completeness !== "complete" && !reasons.includes(facts.completeness)) reasons.unshift(facts.completeness);
  if (facts.isPairingAssumed) reasons.push("pairing_assumed");
  if (facts.isOpaque) reasons.push("no_public_schema");
  if (!facts.hasProvider) reasons.push("unknown_host");
  if (facts.formatBy !== "path") reasons.push(`format_by_${facts.formatBy}`);
  return reasons;
}

/** Something of the answer was understood. Kinds of calls whose answers are not read have nothing to understand. */
export function hasAnswer(response: ModelResponse | undefined, requestType: RequestType): boolean {
  if (response === undefined) return false;
  if (requestType !== "chat" && requestType !== "completion" && requestType !== "embedding") return true;
  return response.choices.length > 0 || response.usage !== undefined || response.error !== undefined ||
    response.embedding !== undefined || response.isAccepted === true;
}

/** Reason codes of both lists, each once. */
export function unite(first: readonly string[], second: readonly string[]): string[] {
  if (second.length > 0) return [...new Set([...first, ...second])];
  return first.length === 0 ? [] : [...first];
}

/** The same, of an answer that is not all there is. */
export function toPartial(confidence: Confidence, reason: string, missing: readonly string[]): Confidence {
  return {
    ...confidence,
    completeness: confidence.completeness === "full" ? "partial" : confidence.completeness,
    missing: unite(confidence.missing ?? [], missing),
    reasons: unite(confidence.reasons ?? [], [reason]),
  };
}

/** The same, where one event tells of the request, too, which is not whole. */
export function withRequestReasons(
  confidence: Confidence,
  request: ModelRequest | undefined,
  reasons: readonly string[],
): Confidence {
  const lost = request === undefined || request.isPart === true ? ["input_count", "parameters"] : [];
  const missing = unite(confidence.missing ?? [], lost);
  return {
    ...confidence,
    completeness: confidence.completeness === "full" ? "partial" : confidence.completeness,
    ...(missing.length > 0 && { missing }),
    reasons: unite(confidence.reasons ?? [], reasons),
  };
}

/** Tool servers are in no list of vendors, and need not be: the protocol itself says what was called. */
export function toToolConfidence(confidence: Confidence): Confidence {
  const reasons = confidence.reasons?.filter((reason) => reason !== "unknown_host");
  const { reasons: _reasons, missing: _missing, ...rest } = confidence;
  return {
    ...rest,
    ...(rest.level === "inferred" && { level: "high" }),
    ...(reasons !== undefined && reasons.length > 0 && { reasons }),
  };
}
