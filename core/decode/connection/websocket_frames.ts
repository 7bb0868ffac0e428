/**
 * Frames of one flow of a WebSocket: headers, masks, message boundaries.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6455#section-5.2 (read 2026-11-21)
 */

/** Opcodes. */
export const Opcode = { continuation: 0, text: 1, binary: 2, close: 8 } as const;

const MAX_HEAD_BYTES = 14;
const FIN = 0x80;
const RSV1 = 0x40;
const RSV2_AND_3 = 0x30;
const MASKED = 0x80;

/** Head of a frame. */
export interface FrameHead {
  readonly isFinal: boolean;
  readonly isCompressed: boolean;
  readonly opcode: number;
}

/** Takes the frames of one flow. */
export interface WebSocketFrameSink {
  /** A frame begins. */
  start(head: FrameHead): void;
  /** Unmasked payload; valid during the call. */
  payload(bytes: Uint8Array, timeNs: number): void;
  /** Payload is missing. */
  payloadGap(lostBytes: number, reason: string, timeNs: number): void;
  /** The frame is over. */
  end(timeNs: number): void;
  /** What follows is no frame, or its beginning was lost. */
  lostSync(reason: string, timeNs: number): void;
}

/** Reads one flow. */
export class WebSocketFrames {
  readonly #sink: WebSocketFrameSink;
  readonly #isMasked: boolean;
  readonly #mayCompress: boolean;
  readonly #head = new Uint8Array(MAX_HEAD_BYTES);
  #headLength = 0;
  /** Payload bytes still to come; -1 between frames. */
  #left = -1;
  readonly #mask = new Uint8Array(4);
  #maskAt = 0;
  #hasMask = false;
  #isSeeking = false;

  /** @param isMasked frames of the client are masked, those of the server are not. */
  constructor(sink: WebSocketFrameSink, isMasked: boolean, mayCompress: boolean) {
    this.#sink = sink;
    this.#isMasked = isMasked;
    this.#mayCompress = mayCompress;
  }

  /** Takes the next bytes. */
  push(bytes: Uint8Array, timeNs: number): void {
    if (this.#isSeeking) {
      if (!this.#startsWithFrames(bytes)) return;
      this.#isSeeking = false;
    }
    for (let at = 0; at < bytes.length && !this.#isSeeking;) {
      at = this.#left > 0 ? this.#payload(bytes, at, timeNs) : this.#header(bytes, at, timeNs);
    }
  }

  /** Bytes are missing; 0: unknown how many. */
  gap(lostBytes: number, reason: string, timeNs: number): void {
    if (this.#isSeeking) return;
    if (lostBytes === 0 || lostBytes > this.#left) return this.#loseSync(reason, timeNs);
    this.#left -= lostBytes;
    this.#maskAt = (this.#maskAt + lostBytes) & 3;
    this.#sink.payloadGap(lostBytes, reason, timeNs);
    if (this.#left === 0) this.#end(timeNs);
  }

  #header(bytes: Uint8Array, from: number, timeNs: number): number {
    let at = from;
    while (at < bytes.length) {
      this.#head[this.#headLength++] = bytes[at++] ?? 0;
      if (this.#headLength < 2 || this.#headLength < headBytes(this.#head, 0)) continue;
      this.#headLength = 0;
      if (this.#isFrameHead(this.#head, 0)) this.#begin(timeNs);
      else {
        this.#loseSync("frame", timeNs);
        return bytes.length;
      }
      return at;
    }
    return at;
  }

  #begin(timeNs: number): void {
    const head = this.#head;
    const first = head[0] ?? 0;
    this.#hasMask = ((head[1] ?? 0) & MASKED) !== 0;
    if (this.#hasMask) this.#mask.set(head.subarray(headBytes(head, 0) - 4, headBytes(head, 0)));
    this.#maskAt = 0;
    this.#left = payloadBytes(head, 0);
    this.#sink.start({
      isFinal: (first & FIN) !== 0,
      isCompressed: (first & RSV1) !== 0,
      opcode: first & 0x0f,
    });
    if (this.#left === 0) this.#end(timeNs);
  }

  #payload(bytes: Uint8Array, from: number, timeNs: number): number {
    const end = Math.min(bytes.length, from + this.#left);
    const piece = bytes.subarray(from, end);
    this.#left -= piece.length;
    this.#sink.payload(this.#hasMask ? this.#unmask(piece) : piece, timeNs);
    if (this.#left === 0) this.#end(timeNs);
    return end;
  }

  /** Records are only lent: the mask is taken off a copy. */
  #unmask(bytes: Uint8Array): Uint8Array {
    const plain = new Uint8Array(bytes.length);
    const mask = this.#mask;
    let maskAt = this.#maskAt;
    for (let at = 0; at < bytes.length; at++) {
      plain[at] = (bytes[at] as number) ^ (mask[maskAt] as number);
      maskAt = (maskAt + 1) & 3;
    }
    this.#maskAt = maskAt;
    return plain;
  }

  #end(timeNs: number): void {
    this.#left = -1;
    this.#sink.end(timeNs);
  }

  #loseSync(reason: string, timeNs: number): void {
    this.#isSeeking = true;
    this.#left = -1;
    this.#headLength = 0;
    this.#sink.lostSync(reason, timeNs);
  }

  #isFrameHead(bytes: Uint8Array, at: number): boolean {
    const first = bytes[at] ?? 0;
    const opcode = first & 0x0f;
    if ((first & RSV2_AND_3) !== 0 || ((first & RSV1) !== 0 && !this.#mayCompress)) return false;
    if (opcode > 10 || (opcode > 2 && opcode < 8)) return false;
    // Control frames are short and never fragmented (RFC 6455 5.5).
    if (opcode >= 8 && ((first & FIN) === 0 || ((bytes[at + 1] ?? 0) & 0x7f) > 125)) return false;
    return (((bytes[at + 1] ?? 0) & MASKED) !== 0) === this.#isMasked &&
      payloadBytes(bytes, at) <= Number.MAX_SAFE_INTEGER;
  }

  /** A chain of frames that fills the bytes exactly. */
  #startsWithFrames(bytes: Uint8Array): boolean {
    let at = 0;
    while (at + 2 <= bytes.length && at + headBytes(bytes, at) <= bytes.length) {
      if (!this.#isFrameHead(bytes, at)) return false;
      at += headBytes(bytes, at) + payloadBytes(bytes, at);
    }
    return at === bytes.length;
  }
}

function headBytes(bytes: Uint8Array, at: number): number {
  const second = bytes[at + 1] ?? 0;
  const length = second & 0x7f;
  return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + ((second & MASKED) !== 0 ? 4 : 0);
}

function payloadBytes(bytes: Uint8Array, at: number): number {
  const length = (bytes[at + 1] ?? 0) & 0x7f;
  if (length < 126) return length;
  let long = 0;
  for (let i = 0; i < (length === 126 ? 2 : 8); i++) long = long * 256 + (bytes[at + 2 + i] ?? 0);
  return long;
}
