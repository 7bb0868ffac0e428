import type { HttpExchange } from "../model/http_exchange.ts";
import { toEventId } from "../model/ids.ts";
import type { EventType, OispEvent } from "../model/oisp_event.ts";
import { toEpochUs, toTimestamp } from "../model/time.ts";
import type { CallStageContext } from "./call_stage_types.ts";

/** How sure and how complete an event is. */
export type Confidence = OispEvent["confidence"];

/** What every event of an exchange starts with. */
export interface EnvelopeOptions {
  readonly eventType: EventType;
  /** Boot-clock time of the event. */
  readonly timeNs: number;
  /** Counts events of one type of one exchange, from 0. */
  readonly index: number;
}

/** Members all events of an exchange have; host, user, program and source are added by later stages. */
export interface Envelope {
  readonly oisp_version: "0.1";
  readonly event_id: string;
  readonly timestamp: string;
}

/** Gives id and time of an event of an exchange. */
export function toEnvelope(context: CallStageContext, exchange: HttpExchange, options: EnvelopeOptions): Envelope {
  const timeUs = toEpochUs(options.timeNs, context.clock.offsetUs);
  return {
    oisp_version: "0.1",
    event_id: toEventId(timeUs, {
      bootId: context.bootId,
      processKey: exchange.connection.processKey,
      connId: exchange.connection.connId,
      ordinal: exchange.ordinal,
      eventType: options.eventType,
      index: options.index,
    }),
    timestamp: toTimestamp(timeUs),
  };
}

/** Facts that belong to no field of the event: the input's own id, the message format, the captured side. */
export function toAttrs(exchange: HttpExchange, dialect: string): Record<string, unknown> {
  const attrs: Record<string, unknown> = { dialect };
  if (exchange.inputId !== undefined) attrs.exchange_id = exchange.inputId;
  if (exchange.connection.serverSide) attrs.role = "server";
  return attrs;
}
