import type { HttpExchange } from "../model/http_exchange.ts";
import type { Range } from "./recorded_range.ts";
import type { QueuedRecord } from "./recording_queue.ts";

/** What is known of one exchange: `undecided`, a model call (`ai`), something else (`other`), or given up (`lost`). */
export type Decision = "undecided" | "ai" | "other" | "lost";

/** Where a message lies, and the record flag that says what the other direction lost before it. */
export interface MessageRange extends Range {
  lossFlag: number;
}

/** One exchange of a connection that is being recorded. */
export interface RecordedExchange {
  readonly exchange: HttpExchange;
  decision: Decision;
  readonly sent: MessageRange;
  readonly received: MessageRange;
  /** Records whose fate is open, by direction. */
  sentRecords: QueuedRecord[];
  receivedRecords: QueuedRecord[];
  /** What stands for its request is in the file, or waits for the next model call. */
  isRequestFilled: boolean;
}

/** An exchange of which nothing is decided. */
export function createRecordedExchange(exchange: HttpExchange): RecordedExchange {
  return {
    exchange,
    decision: "undecided",
    sent: { from: -1, to: -1, lossFlag: 0 },
    received: { from: -1, to: -1, lossFlag: 0 },
    sentRecords: [],
    receivedRecords: [],
    isRequestFilled: false,
  };
}

/** Whether nothing more comes of an exchange. */
export function isOver(exchange: HttpExchange): boolean {
  const { request, response } = exchange;
  if (request.completeness === "in_flight") return false;
  return response === undefined ? isUnanswered(exchange) : response.completeness !== "in_flight";
}

/** Whether an exchange has ended without an answer that was seen. */
export function isUnanswered({ request, response }: HttpExchange): boolean {
  if (response !== undefined || request.completeness === "in_flight") return false;
  return request.reasons.some((reason) => reason.startsWith("no_response:"));
}
