import type { DraftEvent, StoryContext } from "../model/draft.ts";
import type { EventOf, EventType } from "../model/oisp_event.ts";
import { toEventId } from "../model/ids.ts";
import { toEpochUs, toTimestamp } from "../model/time.ts";

/** What a derived event adds to the facts of the event it follows from. */
export interface DerivedEventOptions<T extends EventType> {
  readonly eventType: T;
  readonly data: EventOf<T>["data"];
  /** Counts events of this type from the same source event's exchange, from 0. */
  readonly index: number;
  /** Boot-clock time of the new event. */
  readonly timeNs: number;
  /** Sureness of the rule that made it. */
  readonly confidence: EventOf<T>["confidence"];
}

/**
 * Makes an event that follows from another one: same machine, user, program and exchange, own id, time and data.
 */
export function createDerivedEvent<T extends EventType>(
  from: DraftEvent,
  context: StoryContext,
  options: DerivedEventOptions<T>,
): DraftEvent {
  const timeUs = toEpochUs(options.timeNs, context.clockOffsetUs);
  const { host, actor, process, app, web, source } = from.event;
  const event = {
    oisp_version: "0.1",
    event_id: toEventId(timeUs, {
      bootId: context.bootId,
      processKey: from.processKey,
      connId: from.exchange?.connection.connId ?? 0,
      ordinal: from.exchange?.ordinal ?? 0,
      eventType: options.eventType,
      index: options.index,
    }),
    event_type: options.eventType,
    timestamp: toTimestamp(timeUs),
    ...(host && { host }),
    ...(actor && { actor }),
    ...(process && { process }),
    ...(app && { app }),
    ...(web && { web }),
    ...(source && { source }),
    confidence: from.exchange?.knownTimes === "none" ? withUnknownTime(options.confidence) : options.confidence,
    data: options.data,
    ...(from.event.attrs?.exchange_id !== undefined && { attrs: { exchange_id: from.event.attrs.exchange_id } }),
    // The compiler cannot pair a generic event type with its data; the options' type already did.
  } as unknown as EventOf<T>;
  return {
    event,
    timeNs: options.timeNs,
    processKey: from.processKey,
    ...(from.exchange && { exchange: from.exchange }),
    ...(from.session && { session: from.session }),
    ...(from.subAgent && { subAgent: from.subAgent }),
  };
}

function withUnknownTime(confidence: DraftEvent["event"]["confidence"]): DraftEvent["event"]["confidence"] {
  return { ...confidence, reasons: [...confidence.reasons ?? [], "time_unknown"] };
}

/** Adds a link to another event, in place. */
export function addRelatedEvent(
  draft: DraftEvent,
  link: NonNullable<DraftEvent["event"]["related_events"]>[number],
): void {
  (draft.event.related_events ??= []).push(link);
}
