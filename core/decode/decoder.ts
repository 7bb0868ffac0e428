/**
 * Capture facts → drafts of events. The one door of this part: what comes in is `RawCapture` in the order of a source, or whole
 * exchanges of text inputs; what goes out are drafts and verdicts. Pure: no clock, no I/O; times come with the facts.
 */
import type { DraftEvent } from "../model/draft.ts";
import type { HttpExchange } from "../model/http_exchange.ts";
import type { InputExchange } from "../model/input_exchange.ts";
import type { LossCounters } from "../model/loss.ts";
import type { RawCapture, RawConnection, RawData, RawProcess } from "../model/raw_capture.ts";
import type { Verdict } from "../model/verdict.ts";
import type { CallStage, Classification, CreateCallStage, DecodeClock } from "./call_stage_types.ts";
import { CaptureFacts } from "./capture_facts.ts";
import { ConnectionTable } from "./connection_table.ts";
import { DropCounters } from "./drop_counters.ts";
import type { BodySink } from "./exchange_sink.ts";
import { RolePairs } from "./role_pairs.ts";

/** Time between two looks for idle exchanges, in record time. */
const SWEEP_NS = 1e9;

/** What a decoder is created with. */
export interface DecoderOptions {
  /** Boot id, or the name of a text source. */
  readonly bootId: string;
  /** Records may arrive out of order (text inputs with offsets); a hole then waits for `advance`. */
  readonly isUnordered: boolean;
  /** Transport of captured connections. */
  readonly transport: HttpExchange["connection"]["transport"];
  /** Report connections whose server is the captured process. */
  readonly wantsServerSide: boolean;
  /** Opt-in `ai.streaming_chunk`. */
  readonly wantsChunks: boolean;
  /** Budget over everything held, in bytes. */
  readonly memoryBytes: number;
  /** Largest decoded body that is kept, in bytes. */
  readonly maxBodyBytes: number;
  readonly createCallStage: CreateCallStage;
}

/** Values of the options that have a usual one. */
export const DECODER_DEFAULTS = {
  isUnordered: false,
  transport: "tls",
  wantsServerSide: false,
  wantsChunks: false,
  memoryBytes: 128 * 1024 * 1024,
  maxBodyBytes: 64 * 1024 * 1024,
} as const;

/** Takes what a decoder makes. */
export interface DecoderOutput {
  /** An event, before enrichment and redaction. */
  draft(draft: DraftEvent): void;
  /** Goes back to capture. */
  verdict(verdict: Verdict): void;
  /** What is thought of an exchange; may come more than once per exchange. For recordings, which keep AI exchanges only. */
  classified?(exchange: HttpExchange, classification: Classification): void;
}

/** Decodes what one source gives. */
export class Decoder {
  readonly #clock: DecodeClock = { offsetUs: 0 };
  readonly #drops = new DropCounters();
  readonly #calls: CallStage;
  readonly #facts: CaptureFacts;
  readonly #table: ConnectionTable;
  readonly #memoryBytes: number;
  #sweptNs = 0;
  /** Nothing could be given up: it is not tried again before this time. */
  #noRoomUntilNs = 0;

  /** Use `createDecoder`. */
  constructor(options: DecoderOptions, output: DecoderOutput) {
    this.#memoryBytes = options.memoryBytes;
    this.#calls = options.createCallStage(
      {
        bootId: options.bootId,
        clock: this.#clock,
        wantsChunks: options.wantsChunks,
        maxBodyBytes: options.maxBodyBytes,
      },
      {
        draft: (draft) => output.draft(draft),
        classified: (exchange, classification) => {
          this.#table.find(exchange.connection.connId)?.classified(classification, exchange.protocol !== "h2");
          output.classified?.(exchange, classification);
        },
      },
    );
    this.#facts = new CaptureFacts(options.bootId, this.#clock, (draft) => output.draft(draft));
    this.#table = new ConnectionTable({
      sink: this.#calls,
      drops: this.#drops,
      pairs: new RolePairs(),
      wantsServerSide: options.wantsServerSide,
      isUnordered: options.isUnordered,
      verdict: (verdict) => output.verdict(verdict),
    }, options.transport);
  }

  /** Bytes held right now. */
  get heldBytes(): number {
    return this.#table.heldBytes + this.#calls.heldBytes;
  }

  /** Connections known right now. */
  get connections(): number {
    return this.#table.size;
  }

  /** Takes the next fact. Its bytes are not used after the call. */
  raw(fact: RawCapture): void {
    switch (fact.kind) {
      case "data":
        return this.#data(fact);
      case "connection":
        return this.#connection(fact);
      case "loss":
        this.#table.find(fact.connId)?.loss(fact);
        return this.#facts.fact(fact);
      case "process":
        this.#process(fact);
        return this.#facts.fact(fact);
      case "clock":
        this.#clock.offsetUs = fact.offsetUs;
        return;
      case "advance":
        return this.advance(fact.toNs);
      case "account":
        return;
      default:
        return this.#facts.fact(fact);
    }
  }

  /** Takes a whole exchange. */
  exchange(input: InputExchange): void {
    const { exchange, requestBody, responseBody } = input;
    const { request, response } = exchange;
    feed(this.#calls.request(exchange), requestBody, request.completeness, request.lastByteNs);
    if (response !== undefined) {
      feed(this.#calls.response(exchange), responseBody, response.completeness, response.lastByteNs);
    }
    this.#calls.exchangeEnd(exchange, response?.lastByteNs ?? request.lastByteNs);
  }

  /** No fact older than `nowNs` is under way. */
  advance(nowNs: number): void {
    this.#table.settle(nowNs);
    this.#facts.advance(nowNs);
    if (nowNs - this.#sweptNs >= SWEEP_NS) {
      this.#sweptNs = nowNs;
      this.#table.sweep(nowNs);
    }
    this.#calls.advance(nowNs);
  }

  /** The source ended: ends every exchange and gives every event that waits. */
  close(): void {
    this.#table.close("capture_ended");
    this.#calls.advance(Number.MAX_SAFE_INTEGER);
    this.#facts.close();
  }

  /** What was left out so far, by reason. */
  losses(): LossCounters {
    return this.#drops;
  }

  #data(fact: RawData): void {
    const connection = this.#table.require(fact);
    if (connection === undefined) return this.#drops.add("after_close", fact.bytes.length);
    connection.data(fact);
    this.#table.touched(connection);
    if (this.#table.heldBytes + this.#calls.heldBytes > this.#memoryBytes) this.#makeRoom(fact.returnNs);
  }

  #connection(fact: RawConnection): void {
    if (fact.state === "closed") {
      const known = this.#table.find(fact.connId);
      if (known === undefined) return;
      if (known.close(fact)) this.#table.forget(known);
      else this.#table.touched(known);
      return;
    }
    this.#table.require(fact)?.bound(fact);
  }

  #process(fact: RawProcess): void {
    if (fact.state === "exit") this.#table.endProcess(fact.processKey, fact.returnNs);
  }

  #makeRoom(nowNs: number): void {
    if (nowNs < this.#noRoomUntilNs) return;
    const evicted = this.#table.makeRoom(this.#memoryBytes, () => this.#calls.heldBytes);
    if (evicted === 0) this.#noRoomUntilNs = nowNs + SWEEP_NS;
    for (let i = 0; i < evicted; i++) this.#drops.add("memory", 0);
  }
}

/** Creates a decoder. */
export function createDecoder(options: DecoderOptions, output: DecoderOutput): Decoder {
  return new Decoder(options, output);
}

function feed(
  sink: BodySink | undefined,
  body: Uint8Array,
  completeness: HttpExchange["request"]["completeness"],
  timeNs: number,
): void {
  if (sink === undefined) return;
  if (body.length > 0) sink.data(body, timeNs);
  sink.end(completeness, timeNs);
}
