import type { InferOutput } from "valibot";
import type { OispEventSchema } from "./event_schema.ts";

/** The published record before redaction, discriminated by `event_type`; keys are `snake_case` as in the specification. */
export type OispEvent = InferOutput<typeof OispEventSchema>;

/** One event type's record. */
export type EventOf<T extends OispEvent["event_type"]> = Extract<OispEvent, { event_type: T }>;

/** Every event type. */
export type EventType = OispEvent["event_type"];

/** A message of an `ai.request` or of a choice. */
export type EventMessage = NonNullable<EventOf<"ai.request">["data"]["messages"]>[number];

declare const redacted: unique symbol;

/**
 * An event that went through redaction: plain JSON data. Only `core/redact` can make one; exporters, the live hub, reports and
 * checks accept nothing else.
 */
export type RedactedEvent = OispEvent & { readonly [redacted]: true };

/** How much an event shows (design section 9). */
export type RedactionMode = "safe" | "masked" | "full" | "minimal";
