import type { Completeness, ConnectionFacts, HttpExchange } from "../../core/model/http_exchange.ts";
import type { BodySink, ExchangeSink } from "../../core/decode/exchange_sink.ts";
import { concat } from "./random.ts";

/** Facts of a connection for tests. */
export function testConnection(changes: Partial<ConnectionFacts> = {}): ConnectionFacts {
  return {
    connId: 1,
    processKey: 7,
    tgid: 100,
    tid: 100,
    cgroupId: 0,
    transport: "tls",
    joinedLate: false,
    serverSide: false,
    ...changes,
  };
}

/** One exchange as a connection format told it. */
export interface LoggedExchange {
  readonly exchange: HttpExchange;
  requestBody: string;
  responseBody: string;
  requestEnd?: Completeness;
  responseEnd?: Completeness;
  isEnded: boolean;
}

/** Keeps what a connection format tells, and fails when it breaks the order of `ExchangeSink`. */
export class ExchangeLog implements ExchangeSink {
  readonly exchanges: LoggedExchange[] = [];
  readonly undecoded: string[] = [];
  readonly #byExchange = new Map<HttpExchange, LoggedExchange>();

  request(exchange: HttpExchange): BodySink {
    if (this.find(exchange) !== undefined) throw new Error("request told twice");
    const logged: LoggedExchange = { exchange, requestBody: "", responseBody: "", isEnded: false };
    this.exchanges.push(logged);
    this.#byExchange.set(exchange, logged);
    return bodyLog((text, end) => {
      logged.requestBody += text;
      if (end !== undefined) logged.requestEnd = endOnce(logged.requestEnd, end);
    }, logged);
  }

  response(exchange: HttpExchange): BodySink {
    const logged = this.find(exchange);
    if (logged === undefined || exchange.response === undefined) throw new Error("response without request or head");
    return bodyLog((text, end) => {
      logged.responseBody += text;
      if (end !== undefined) logged.responseEnd = endOnce(logged.responseEnd, end);
    }, logged);
  }

  exchangeEnd(exchange: HttpExchange): void {
    const logged = this.find(exchange);
    if (logged === undefined || logged.isEnded) throw new Error("end of an unknown or ended exchange");
    if (logged.requestEnd === undefined) throw new Error("exchange ended before its request body");
    if (exchange.response !== undefined && logged.responseEnd === undefined) {
      throw new Error("response body still open");
    }
    logged.isEnded = true;
  }

  undecodable(_connection: ConnectionFacts, reason: string): void {
    this.undecoded.push(reason);
  }

  /** Everything told, one line a fact; equal for equal input however it was cut. */
  lines(): string[] {
    return this.exchanges.flatMap((logged) => toLines(logged)).concat(
      this.undecoded.map((reason) => `undecodable ${reason}`),
    );
  }

  private find(exchange: HttpExchange): LoggedExchange | undefined {
    return this.#byExchange.get(exchange);
  }
}

function bodyLog(tell: (text: string, end?: Completeness) => void, logged: LoggedExchange): BodySink {
  let pending: Uint8Array[] = [];
  const flush = () => {
    const text = new TextDecoder().decode(concat(pending));
    pending = [];
    return text;
  };
  const check = () => {
    if (logged.isEnded) throw new Error("body after the end of its exchange");
  };
  return {
    data(bytes) {
      check();
      pending.push(bytes.slice());
    },
    gap(lostBytes, reason) {
      check();
      tell(`${flush()}<gap ${lostBytes} ${reason}>`);
    },
    end(completeness) {
      check();
      tell(flush(), completeness);
    },
  };
}

function endOnce(before: Completeness | undefined, end: Completeness): Completeness {
  if (before !== undefined) throw new Error("body ended twice");
  return end;
}

function toLines(logged: LoggedExchange): string[] {
  const { request, response, protocol, ordinal, isPairingAssumed } = logged.exchange;
  const lines = [`#${ordinal} ${protocol} ${request.method} ${request.host ?? "-"} ${request.target}`];
  lines.push(`  request ${toEnd(logged.requestEnd, request.reasons)} ${JSON.stringify(logged.requestBody)}`);
  if (response !== undefined) {
    lines.push(
      `  response ${response.status} ${toEnd(logged.responseEnd, response.reasons)} ${
        JSON.stringify(logged.responseBody)
      }${isPairingAssumed ? " assumed" : ""}`,
    );
  }
  if (!logged.isEnded) lines.push("  open");
  return lines;
}

function toEnd(end: Completeness | undefined, reasons: readonly string[]): string {
  return [end ?? "open", ...reasons].join(" ");
}
