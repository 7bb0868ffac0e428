/** A decoder whose call stage logs exchanges, and the bytes of a chat. */
import { ExchangeLog } from "./exchange_log.ts";
import { FactMaker } from "./facts.ts";
import type { DraftEvent } from "../../core/model/draft.ts";
import type { HttpExchange } from "../../core/model/http_exchange.ts";
import type { Verdict } from "../../core/model/verdict.ts";
import type { CallStage, CallStageOutput, Classification } from "../../core/decode/call_stage_types.ts";
import { createDecoder, DECODER_DEFAULTS, type DecoderOptions } from "../../core/decode/decoder.ts";

/** A call stage that logs exchanges, and classifies them by their path at the request head. */
class LoggingStage extends ExchangeLog implements CallStage {
  heldBytes = 0;

  constructor(private readonly output: CallStageOutput) {
    super();
  }

  advance(): void {}

  override request(exchange: HttpExchange) {
    const sink = super.request(exchange);
    const { path } = exchange.request;
    const classes: Record<string, Classification> = {
      "/v1/chat/completions": "ai",
      "/listed": "not_ai_host",
      "/what": "unknown",
    };
    this.output.classified(exchange, classes[path] ?? "not_ai");
    return sink;
  }
}

/** What a test needs of a decoder. */
export interface DecoderHarness {
  readonly decoder: ReturnType<typeof createDecoder>;
  readonly drafts: DraftEvent[];
  readonly verdicts: Verdict[];
  /** What the call stage saw, one line a request and an answer. */
  readonly lines: () => readonly string[];
  /** The verdicts, one line each. */
  readonly levels: () => string[];
  readonly stage: () => (ExchangeLog & { heldBytes: number }) | undefined;
  readonly facts: FactMaker;
}

/** A decoder at its start. */
export function start(options: Partial<DecoderOptions> = {}): DecoderHarness {
  const drafts: DraftEvent[] = [];
  const verdicts: Verdict[] = [];
  let stage: LoggingStage | undefined;
  const decoder = createDecoder({
    ...DECODER_DEFAULTS,
    bootId: "test",
    ...options,
    createCallStage: (_context, output) => stage = new LoggingStage(output),
  }, { draft: (draft) => drafts.push(draft), verdict: (verdict) => verdicts.push(verdict) });
  const lines = () => stage?.lines() ?? [];
  const levels = () => verdicts.map(({ connId, level, reason }) => `${connId} ${level} ${reason}`);
  return { decoder, drafts, verdicts, lines, levels, stage: () => stage, facts: new FactMaker() };
}

/** A request that is a model call. */
export const CHAT = "POST /v1/chat/completions HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}";
/** The answer to any of them. */
export const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]";
/** A request that is none. */
export const HEALTH = "GET /health HTTP/1.1\r\nHost: h\r\n\r\n";
/** What the log has for the call. */
export const CHAT_LINES = [
  "#0 http/1.1 POST h /v1/chat/completions",
  '  request complete "{}"',
  '  response 200 complete "[]"',
];
