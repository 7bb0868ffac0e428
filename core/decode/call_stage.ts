/**
 * The last stage of decode: exchanges in, events out. One `Call` per exchange of interest; every other exchange is let go with
 * its head.
 */
import type { HttpExchange } from "../model/http_exchange.ts";
import { createBodyDecoder } from "./body/body_decoder.ts";
import { Call } from "./call.ts";
import { mayHoldCall, recogniseHead } from "./call_recognition.ts";
import type { CallStage, CallStageContext, CallStageOutput } from "./call_stage_types.ts";
import type { BodySink } from "./exchange_sink.ts";
import { PendingAnswers } from "./pending_answers.ts";
import { type OutcomeTaker, Poll } from "./poll.ts";
import { isNotAiHost } from "./provider/not_ai_hosts.ts";
import { findSocketDialect, SocketCalls } from "./socket_calls.ts";

/** Largest request body that is kept when only the body can tell whether it is a call. */
const MAX_UNKNOWN_BODY_BYTES = 4 * 1024 * 1024;

/** An answer that said its own end is published after this much silence, even when the connection stays open. */
const END_MARK_WAIT_NS = 1e9;

/** So many open calls are added up each time; more only every so many reads. */
const FEW_CALLS = 4;
const HELD_READS = 64;

/** A socket lives as long as it likes; its messages are limited one by one where they are decompressed. */
const SOCKET_LIMITS = { maxDecodedBytes: Number.MAX_SAFE_INTEGER };

class ExchangesToEvents implements CallStage {
  readonly #context: CallStageContext;
  readonly #output: CallStageOutput;
  readonly #calls = new Map<HttpExchange, Call>();
  readonly #sockets = new Map<HttpExchange, SocketCalls>();
  readonly #polls = new Map<HttpExchange, Poll>();
  readonly #pending = new PendingAnswers<OutcomeTaker>();
  #heldBytes = 0;
  #heldReads = 0;

  constructor(context: CallStageContext, output: CallStageOutput) {
    this.#context = context;
    this.#output = output;
  }

  request(exchange: HttpExchange): BodySink | undefined {
    const awaited = this.#pending.find(exchange);
    if (awaited !== undefined) return this.#poll(exchange, awaited);
    const recognition = recogniseHead(exchange);
    const socketDialect = findSocketDialect(exchange, recognition);
    if (socketDialect !== undefined) {
      const socket = new SocketCalls(exchange, recognition, socketDialect, this.#context, this.#output);
      this.#sockets.set(exchange, socket);
      this.#output.classified(exchange, "ai");
      socket.requestDecoder = createBodyDecoder(exchange.request.headers, socket.client, SOCKET_LIMITS);
      return socket.requestDecoder;
    }
    if (recognition.match === undefined && !mayHoldCall(exchange)) {
      return this.#ignore(exchange, recognition.providerMatch.provider !== undefined);
    }
    if (recognition.match === undefined && isNotAiHost(recognition.head.host)) return this.#ignore(exchange, false);
    const call = new Call(exchange, recognition, this.#context, this.#output, this.#pending);
    this.#calls.set(exchange, call);
    this.#output.classified(exchange, recognition.isSure ? "ai" : "unknown");
    const maxDecodedBytes = recognition.match === undefined
      ? Math.min(MAX_UNKNOWN_BODY_BYTES, this.#context.maxBodyBytes)
      : this.#context.maxBodyBytes;
    call.requestDecoder = createBodyDecoder(exchange.request.headers, call.requestBody, { maxDecodedBytes });
    return call.requestDecoder;
  }

  response(exchange: HttpExchange): BodySink | undefined {
    const socket = this.#sockets.get(exchange);
    if (socket !== undefined && exchange.response !== undefined) {
      socket.answerDecoder = createBodyDecoder(exchange.response.headers, socket.server, SOCKET_LIMITS);
      return socket.answerDecoder;
    }
    const call = this.#calls.get(exchange) ?? this.#polls.get(exchange);
    if (call === undefined || call.isDropped || exchange.response === undefined) return undefined;
    call.answer.isUntilClose = exchange.response.isUntilClose === true;
    call.answerDecoder = createBodyDecoder(exchange.response.headers, call.answer, {
      maxDecodedBytes: this.#context.maxBodyBytes,
    });
    return call.answerDecoder;
  }

  exchangeEnd(exchange: HttpExchange, timeNs: number): void {
    this.#sockets.get(exchange)?.end(timeNs);
    this.#sockets.delete(exchange);
    this.#polls.get(exchange)?.end(timeNs);
    this.#polls.delete(exchange);
    const call = this.#calls.get(exchange);
    if (call === undefined) return;
    this.#calls.delete(exchange);
    call.end(timeNs);
  }

  undecodable(): void {
    // Nothing of such a connection reaches events; the decoder reports it as not covered.
  }

  advance(nowNs: number): void {
    for (const call of this.#calls.values()) {
      call.advance(nowNs);
      const endNs = call.endMarkNs;
      if (endNs !== undefined && nowNs - endNs >= END_MARK_WAIT_NS) call.answerEnd();
    }
    this.#pending.advance(nowNs);
  }

  /** Asked for with every record, so many calls are added up only now and then. */
  get heldBytes(): number {
    if (this.#calls.size > FEW_CALLS && this.#heldReads++ % HELD_READS !== 0) return this.#heldBytes;
    let held = 0;
    for (const call of this.#calls.values()) {
      held += call.heldChars + (call.requestDecoder?.heldBytes ?? 0) + (call.answerDecoder?.heldBytes ?? 0);
    }
    this.#heldBytes = held;
    for (const socket of this.#sockets.values()) held += socket.heldChars;
    for (const poll of this.#polls.values()) held += poll.heldBytes;
    return held;
  }

  /** A poll has no event, but belongs to a call: recordings keep it. */
  #poll(exchange: HttpExchange, awaited: OutcomeTaker): undefined {
    this.#polls.set(exchange, new Poll(exchange, awaited, this.#pending, this.#context.wantsChunks));
    this.#output.classified(exchange, "ai");
  }

  #ignore(exchange: HttpExchange, isVendor: boolean): undefined {
    const isListed = !isVendor && isNotAiHost(exchange.request.host);
    this.#output.classified(exchange, isListed ? "not_ai_host" : "not_ai");
    return undefined;
  }
}

/** Creates the call stage. */
export function createCallStage(context: CallStageContext, output: CallStageOutput): CallStage {
  return new ExchangesToEvents(context, output);
}
