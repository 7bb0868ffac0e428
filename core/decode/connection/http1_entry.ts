import type { HttpHeaders } from "../../model/http_exchange.ts";
import type { BodySink } from "../exchange_sink.ts";
import type { MutableExchange } from "./connection_format.ts";

/** An exchange whose framing is still under way. */
export interface Entry {
  readonly exchange: MutableExchange;
  requestSink: BodySink | undefined;
  isRequestOver: boolean;
  /** The call stage was told the end; what still comes is dropped. */
  isTold: boolean;
  /** Requests before it may have been lost. */
  readonly isAfterLoss: boolean;
  /** Bytes of answers were lost before it: they may be of answers to requests before it. */
  readonly isAfterAnswerLoss: boolean;
  /**
   * A client that waits for each answer would not have sent it yet: an answer is due that nobody saw, and nothing says that
   * bytes of it were lost before this request.
   */
  readonly isEarly: boolean;
  /** Lower-case protocol the client asked to switch to; the request stays open until the answer. */
  upgrade: string | undefined;
}

/** A final response head, as pairing sees it. */
export interface AnswerHead {
  readonly headers: HttpHeaders;
  readonly status: number;
  readonly firstByteNs: number;
  readonly timeNs: number;
}
