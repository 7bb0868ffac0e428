/**
 * WebSocket after its upgrade from HTTP/1: one exchange whose bodies are the messages of both directions, each followed by the
 * byte 0x1E (body format `message_stream`). Text messages are given, and binary ones that are JSON text, as some services send
 * it; other binary messages are left out. permessage-deflate is undone with and without context takeover.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6455 and https://www.rfc-editor.org/rfc/rfc7692 (read 2026-11-21)
 */
import { Inflater } from "../body/inflate.ts";
import type { Completeness, HttpMessage } from "../../model/http_exchange.ts";
import type { BodySink, ExchangeSink } from "../exchange_sink.ts";
import {
  type ConnectionFormat,
  type ConnectionParser,
  type Flow,
  type FlowOutcome,
  type Handover,
  OK,
} from "./connection_format.ts";
import { type FrameHead, Opcode, WebSocketFrames, type WebSocketFrameSink } from "./websocket_frames.ts";

/** A connection without any byte for so long is over; pings keep open ones busy. */
const IDLE_LIMIT_NS = 3600e9;
/** Largest message that is given; of a longer one nothing is. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
const SEPARATOR = Uint8Array.of(0x1e);
/** Ends every compressed message; senders leave it out (RFC 7692 7.2.1). */
const DEFLATE_TAIL = Uint8Array.of(0x00, 0x00, 0xff, 0xff);
/** What the native inflate state is counted with. */
const INFLATE_BYTES = 64 * 1024;

/** What was agreed on in the upgrade, for one direction. */
interface Deflate {
  readonly isOn: boolean;
  readonly keepsContext: boolean;
}

/** One direction: frames → messages. */
class MessageFlow implements WebSocketFrameSink {
  /** A close frame was seen. */
  isClosing = false;
  readonly #message: HttpMessage;
  #sink: BodySink | undefined;
  readonly #deflate: Deflate;
  #inflater: Inflater | undefined;
  /** Bytes before are lost, and with them what the compressor refers to. */
  #isContextLost = false;
  #opcode = 0;
  /** The message under way: not begun, given, or left out. */
  #state: "none" | "given" | "dropped" = "none";
  #isCompressed = false;
  #isFinal = true;
  /** The frame under way is a control frame. */
  #isControl = false;
  #messageBytes = 0;
  #hasGap = false;

  constructor(message: HttpMessage, sink: BodySink | undefined, deflate: Deflate) {
    this.#message = message;
    this.#sink = sink;
    this.#deflate = deflate;
  }

  /** Bytes held right now. */
  get heldBytes(): number {
    return this.#inflater === undefined ? 0 : INFLATE_BYTES;
  }

  start({ isFinal, isCompressed, opcode }: FrameHead): void {
    this.#isControl = opcode >= Opcode.close;
    if (opcode === Opcode.close) this.isClosing = true;
    if (this.#isControl) return;
    this.#isFinal = isFinal;
    // Without its first frame nothing is known of a message.
    if (opcode === Opcode.continuation) return;
    this.#opcode = opcode;
    this.#isCompressed = isCompressed;
    this.#messageBytes = 0;
    const isUnreadable = isCompressed && this.#isContextLost && this.#deflate.keepsContext;
    this.#state = isUnreadable || this.#sink === undefined ? "dropped" : "given";
    if (!this.#deflate.keepsContext) this.#isContextLost = false;
  }

  payload(bytes: Uint8Array, timeNs: number): void {
    this.#message.lastByteNs = timeNs;
    if (this.#isControl) return;
    this.#message.wireBodyBytes += bytes.length;
    if (this.#isCompressed) this.#inflate(bytes, timeNs);
    else this.#give(bytes, timeNs);
  }

  payloadGap(lostBytes: number, reason: string, timeNs: number): void {
    if (!this.#isControl) this.#break(lostBytes, reason, timeNs);
  }

  end(timeNs: number): void {
    this.#message.lastByteNs = timeNs;
    if (this.#isControl || !this.#isFinal) return;
    if (this.#isCompressed) this.#inflate(DEFLATE_TAIL, timeNs);
    if (this.#state === "given" && this.#messageBytes > 0) this.#sink?.data(SEPARATOR, timeNs);
    this.#state = "none";
    if (!this.#deflate.keepsContext) this.#closeInflater();
  }

  lostSync(reason: string, timeNs: number): void {
    this.#break(0, reason, timeNs);
    this.#state = "none";
    this.#isFinal = true;
  }

  /** Nothing more comes, or is wanted. */
  finish(completeness: Completeness, reason: string, timeNs: number): void {
    this.#closeInflater();
    const isWhole = completeness === "complete";
    this.#message.completeness = isWhole && this.#hasGap ? "gap" : completeness;
    if (!isWhole) this.#message.reasons.push(reason);
    this.#sink?.end(this.#message.completeness, timeNs);
    this.#sink = undefined;
  }

  #inflate(bytes: Uint8Array, timeNs: number): void {
    if (this.#isContextLost) return;
    // The compressor's window goes on over messages that are left out.
    this.#inflater ??= new Inflater("raw_deflate", 0);
    const result = this.#inflater.push(bytes, (plain) => {
      this.#give(plain, timeNs);
      return this.#state !== "dropped" || this.#messageBytes <= MAX_MESSAGE_BYTES;
    });
    if (result !== "ok") this.#break(0, result === "stopped" ? "limit" : "encoding", timeNs);
  }

  #give(bytes: Uint8Array, timeNs: number): void {
    if (bytes.length === 0) return;
    if (this.#messageBytes === 0 && this.#opcode === Opcode.binary && bytes[0] !== 0x7b && bytes[0] !== 0x5b) {
      this.#state = "dropped";
    }
    this.#messageBytes += bytes.length;
    if (this.#state !== "given") return;
    if (this.#messageBytes > MAX_MESSAGE_BYTES) this.#dropMessage(0, "limit", timeNs);
    else this.#sink?.data(bytes, timeNs);
  }

  /** Bytes of the message under way are lost or unreadable, and the compressor's window with them. */
  #break(lostBytes: number, reason: string, timeNs: number): void {
    this.#isContextLost = true;
    this.#closeInflater();
    this.#dropMessage(lostBytes, reason, timeNs);
  }

  #dropMessage(lostBytes: number, reason: string, timeNs: number): void {
    if (!this.#hasGap) this.#message.reasons.push(reason);
    this.#hasGap = true;
    this.#state = "dropped";
    this.#sink?.gap(lostBytes, reason);
    // Ends what the body format skips: the next message is whole.
    this.#sink?.data(SEPARATOR, timeNs);
  }

  #closeInflater(): void {
    this.#inflater?.close();
    this.#inflater = undefined;
  }
}

class WebSocketParser implements ConnectionParser {
  readonly #handover: Handover;
  readonly #out: ExchangeSink;
  readonly #flows: Record<Flow, MessageFlow>;
  readonly #frames: Record<Flow, WebSocketFrames>;
  #isOver = false;

  constructor(out: ExchangeSink, handover: Handover) {
    const { exchange, requestSink, responseSink } = handover;
    const extensions = exchange.response?.headers.get("sec-websocket-extensions") ?? "";
    const deflates = { request: readDeflate(extensions, "client"), response: readDeflate(extensions, "server") };
    this.#out = out;
    this.#handover = handover;
    this.#flows = {
      request: new MessageFlow(exchange.request, requestSink, deflates.request),
      response: new MessageFlow(exchange.response ?? exchange.request, responseSink, deflates.response),
    };
    this.#frames = {
      request: new WebSocketFrames(this.#flows.request, true, deflates.request.isOn),
      response: new WebSocketFrames(this.#flows.response, false, deflates.response.isOn),
    };
  }

  get heldBytes(): number {
    return this.#flows.request.heldBytes + this.#flows.response.heldBytes;
  }

  get inFlight(): number {
    return this.#isOver ? 0 : 1;
  }

  push(flow: Flow, bytes: Uint8Array, timeNs: number): FlowOutcome {
    if (this.#isOver) return OK;
    this.#frames[flow].push(bytes, timeNs);
    if (this.#flows.request.isClosing && this.#flows.response.isClosing) this.#finish("complete", "closed", timeNs);
    return OK;
  }

  gap(flow: Flow, lostBytes: number, reason: string, timeNs: number): void {
    if (!this.#isOver) this.#frames[flow].gap(lostBytes, reason, timeNs);
  }

  /** A side that said goodbye has said all; else the connection was cut. */
  close(completeness: Completeness, reason: string, timeNs: number): void {
    const isAgreed = this.#flows.request.isClosing || this.#flows.response.isClosing;
    const cut = completeness === "complete" && !isAgreed ? "aborted" : completeness;
    this.#finish(cut, reason, timeNs);
  }

  advance(nowNs: number): void {
    const { request, response } = this.#handover.exchange;
    const lastNs = Math.max(request.lastByteNs, response?.lastByteNs ?? 0);
    if (nowNs - lastNs > IDLE_LIMIT_NS) this.#finish("truncated", "idle_timeout", lastNs);
  }

  /** Both ends speak when they like. */
  isExpecting(): boolean {
    return true;
  }

  evict(reason: string, timeNs: number): boolean {
    if (this.#isOver) return false;
    this.#finish("truncated", reason, timeNs);
    return true;
  }

  #finish(completeness: Completeness, reason: string, timeNs: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#flows.request.finish(completeness, reason, timeNs);
    this.#flows.response.finish(completeness, reason, timeNs);
    this.#out.exchangeEnd(this.#handover.exchange, timeNs);
  }
}

/** Reads the server's answer about compression: parameters are joined by ";", extensions by "," (RFC 7692 7.1). */
function readDeflate(extensions: string, side: "client" | "server"): Deflate {
  const agreed = extensions.toLowerCase().split(",").find((one) => one.trim().startsWith("permessage-deflate"));
  if (agreed === undefined) return { isOn: false, keepsContext: false };
  const parameters = agreed.split(";").map((one) => one.trim());
  return { isOn: true, keepsContext: !parameters.includes(`${side}_no_context_takeover`) };
}

/** WebSocket, by upgrade. */
export const websocket: ConnectionFormat = {
  id: "websocket",
  summary: "WebSocket messages with permessage-deflate",
  stability: "stable",
  specUrl: "https://www.rfc-editor.org/rfc/rfc6455",
  upgradeTokens: ["websocket"],
  // Frames have nothing that would tell them from other bytes: only an upgrade leads here.
  sniff: () => 0,
  sniffJoined: () => 0,
  createParser: () => NOTHING,
  createUpgraded: (_connection, sink, handover) => new WebSocketParser(sink, handover),
};

/** Parser of a connection that no sniffing leads to. */
const NOTHING: ConnectionParser = {
  push: () => ({ type: "invalid", reason: "no_upgrade" }),
  gap() {},
  close() {},
  advance() {},
  evict: () => false,
  isExpecting: () => true,
  inFlight: 0,
  heldBytes: 0,
};
