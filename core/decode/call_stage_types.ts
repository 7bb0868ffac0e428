import type { DraftEvent } from "../model/draft.ts";
import type { HttpExchange } from "../model/http_exchange.ts";
import type { ExchangeSink } from "./exchange_sink.ts";

/**
 * What the call stage thinks of an exchange: `ai` a call to a model; `not_ai_host` the host is listed as one that never
 * speaks to a model; `not_ai` this exchange is none, the next one on the connection may be; `unknown` nothing can be said
 * yet (or ever). Only `not_ai_host` lets capture stop.
 */
export type Classification = "ai" | "not_ai_host" | "not_ai" | "unknown";

/** Ties boot-clock times to the wall clock. The decoder updates it, in place, with every clock record. */
export interface DecodeClock {
  /** Microseconds to add to a boot time in µs to get µs since 1970. */
  offsetUs: number;
}

/** Facts and limits the call stage is created with. One call stage serves all connections of a decoder. */
export interface CallStageContext {
  /** Boot id, or the name of a text source; part of every event id. */
  readonly bootId: string;
  /** Read at the time of use; never copied. */
  readonly clock: DecodeClock;
  /** Opt-in `ai.streaming_chunk`. */
  readonly wantsChunks: boolean;
  /** Largest decoded body that is kept, in bytes; longer ones are cut and marked `truncated`. */
  readonly maxBodyBytes: number;
}

/** Takes what the call stage makes. */
export interface CallStageOutput {
  /** An event, before enrichment and redaction. */
  draft(draft: DraftEvent): void;
  /**
   * The verdict on an exchange; called once or more for each request, as soon as more is known: with the request head, with
   * the request body, with the answer.
   */
  classified(exchange: HttpExchange, classification: Classification): void;
}

/** Exchanges → events. Pure, never throws on input, bounded by the decoder's memory budget. */
export interface CallStage extends ExchangeSink {
  /** No older fact is under way: releases what waited for time to pass; at the end of all time, all of it. */
  advance(nowNs: number): void;
  /** Bytes held right now over all exchanges, for the memory budget. */
  readonly heldBytes: number;
}

/** Creates the call stage; implemented in `call_stage.ts`. */
export type CreateCallStage = (context: CallStageContext, output: CallStageOutput) => CallStage;
