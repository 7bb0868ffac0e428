/**
 * Calls on a WebSocket: one per turn; some formats have several under way at once. Each turn is made into an exchange of its own,
 * with the head of the upgrade and the times of its messages, so that it goes the same way to events as a call over HTTP.
 */
import type { Completeness, HttpExchange, HttpResponse } from "../model/http_exchange.ts";
import type { BodyDecoder, BodyEndSink } from "./body/body_decoder_types.ts";
import type { BodyMessage } from "./body/body_format.ts";
import { Call } from "./call.ts";
import type { HeadRecognition } from "./call_recognition.ts";
import type { CallStageContext, CallStageOutput } from "./call_stage_types.ts";
import { type JsonRecord, parseRecord } from "./dialect/json_access.ts";
import type { SocketDialect, TurnReader, TurnStep } from "./dialect/socket_dialect.ts";
import { SOCKET_DIALECTS } from "./dialect/registry.ts";

const SWITCHING_PROTOCOLS = 101;
/** The lane of sockets whose turns follow one another. */
const MAIN = "";
const NO_HEADERS: ReadonlyMap<string, string> = new Map();

/** The format an upgrade request asks for; undefined when it is none that carries calls. */
export function findSocketDialect(exchange: HttpExchange, recognition: HeadRecognition): SocketDialect | undefined {
  if (exchange.request.headers.get("upgrade")?.toLowerCase() !== "websocket") return undefined;
  const listed = recognition.providerMatch.provider?.dialects;
  return SOCKET_DIALECTS.find((dialect) =>
    (dialect.needsListing !== true || listed?.includes(dialect.id)) && dialect.matchHead(recognition.head)
  );
}

interface Turn {
  readonly call: Call;
  readonly exchange: HttpExchange;
}

/** The calls of one socket. */
export class SocketCalls {
  requestDecoder: BodyDecoder | undefined;
  answerDecoder: BodyDecoder | undefined;
  readonly #exchange: HttpExchange;
  readonly #recognition: HeadRecognition;
  readonly #context: CallStageContext;
  readonly #output: CallStageOutput;
  readonly #turns: TurnReader;
  /** The turns under way, by their lane. */
  readonly #open = new Map<string, Turn>();
  #turnCount = 0;

  constructor(
    exchange: HttpExchange,
    recognition: HeadRecognition,
    dialect: SocketDialect,
    context: CallStageContext,
    output: CallStageOutput,
  ) {
    this.#exchange = exchange;
    this.#recognition = { ...recognition, match: { dialect: dialect.dialect, score: 1 }, isSure: true };
    this.#context = context;
    this.#output = {
      draft: (draft) => output.draft(draft),
      classified: (_turn, classification) => output.classified(exchange, classification),
    };
    this.#turns = dialect.createTurns(recognition.head);
    const opening = this.#turns.open?.();
    if (opening?.request !== undefined) this.#startTurn(opening.request, opening, exchange.request.firstByteNs);
  }

  /** Takes the messages the client sent. */
  readonly client: BodyEndSink = {
    message: (message, timeNs) => this.#take(message, timeNs, (json) => this.#turns.client(json, timeNs)),
    problem: (reason) => this.#open.forEach(({ call }) => call.requestBody.problem(reason)),
    bodyEnd: () => {},
  };

  /** Takes the messages the server sent. */
  readonly server: BodyEndSink = {
    message: (message, timeNs) =>
      this.#take(message, timeNs, (json) => this.#turns.server(json, message.text, this.#open.has(MAIN), timeNs)),
    problem: (reason) => this.#open.forEach(({ call }) => call.answer.problem(reason)),
    bodyEnd: () => {},
  };

  /** UTF-16 units and bytes held. */
  get heldChars(): number {
    let sum = (this.requestDecoder?.heldBytes ?? 0) + (this.answerDecoder?.heldBytes ?? 0);
    for (const { call } of this.#open.values()) sum += call.heldChars;
    return sum;
  }

  /** The socket, or the capture, ended: a turn under way is published as far as it came. */
  end(timeNs: number): void {
    const { completeness, reasons } = this.#exchange.response ?? this.#exchange.request;
    this.#takeStep(this.#turns.close?.(completeness === "complete"), timeNs);
    const isOneCall = this.#turns.open !== undefined;
    const only = this.#open.get(MAIN);
    if (isOneCall && only !== undefined && this.#exchange.response !== undefined) {
      this.#openResponse(only.exchange, timeNs).lastByteNs = timeNs;
    }
    for (const lane of [...this.#open.keys()]) {
      this.#endTurn(lane, completeness === "complete" && !isOneCall ? "aborted" : completeness, timeNs, reasons);
    }
  }

  #take(message: BodyMessage, timeNs: number, read: (json: JsonRecord) => TurnStep | undefined): void {
    const json = parseRecord(message.text);
    this.#takeStep(json === undefined ? undefined : read(json), timeNs);
  }

  #takeStep(step: TurnStep | undefined, timeNs: number): void {
    if (step === undefined) return;
    const lane = step.lane ?? MAIN;
    if (step.endsEarlier) this.#endTurn(lane, "complete", timeNs, []);
    if (step.request !== undefined) this.#startTurn(step.request, step, timeNs);
    for (const { text, timeNs: cameNs } of step.earlier ?? []) this.#answer(lane, text, cameNs);
    if (step.answer !== undefined) this.#answer(lane, step.answer, timeNs);
    if (step.isEnd) this.#endTurn(lane, "complete", timeNs, []);
  }

  #startTurn(request: JsonRecord, step: TurnStep, timeNs: number): void {
    const lane = step.lane ?? MAIN;
    // A turn that never ended before the next one began was given up by the client.
    this.#endTurn(lane, "aborted", timeNs, ["next_turn"]);
    const exchange = this.#toExchange(step.requestNs ?? timeNs, step.isUnasked === true);
    const { dialect } = step;
    const recognition = dialect === undefined
      ? this.#recognition
      : { ...this.#recognition, match: { dialect, score: 1 } };
    const call = new Call(exchange, recognition, this.#context, this.#output);
    this.#open.set(lane, { call, exchange });
    call.requestBody.message({ text: JSON.stringify(request) });
    call.requestBody.bodyEnd("complete");
  }

  #answer(lane: string, text: string, timeNs: number): void {
    const turn = this.#open.get(lane);
    if (turn === undefined) return;
    const { call, exchange } = turn;
    this.#openResponse(exchange, timeNs).lastByteNs = timeNs;
    call.answer.message({ text }, timeNs);
  }

  #openResponse(exchange: HttpExchange, timeNs: number): HttpResponse {
    return exchange.response ??= {
      headers: this.#exchange.response?.headers ?? NO_HEADERS,
      status: this.#exchange.response?.status ?? SWITCHING_PROTOCOLS,
      firstByteNs: timeNs,
      lastByteNs: timeNs,
      wireBodyBytes: 0,
      completeness: "in_flight",
      reasons: [],
    };
  }

  #endTurn(lane: string, completeness: Completeness, timeNs: number, reasons: readonly string[]): void {
    const turn = this.#open.get(lane);
    if (turn === undefined) return;
    const { call, exchange } = turn;
    this.#open.delete(lane);
    if (exchange.response !== undefined) {
      exchange.response.completeness = completeness;
      exchange.response.reasons.push(...reasons);
      call.answer.bodyEnd(completeness, timeNs, "message_stream");
    }
    call.end(timeNs);
  }

  #toExchange(timeNs: number, isUnasked: boolean): HttpExchange {
    const { connection, ordinal, request, inputId } = this.#exchange;
    return {
      connection,
      // No exchange follows an upgrade on its connection, so the numbers after it are free.
      ordinal: ordinal + this.#turnCount++,
      protocol: "websocket",
      request: { ...request, firstByteNs: timeNs, lastByteNs: timeNs, completeness: "complete", reasons: [] },
      ...(inputId !== undefined && { inputId }),
      ...(isUnasked && { knownTimes: "moment" as const }),
    };
  }
}
