/**
 * Frame layer of one flow of an HTTP/2 connection. DATA goes through as views; other frames are given whole.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9113 sections 4 and 6 (read 2026-11-21)
 */
import { ByteCarry } from "../body/byte_carry.ts";

/** Frame types that matter here. */
export const FrameType = {
  data: 0,
  headers: 1,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  goAway: 7,
  continuation: 9,
} as const;

/** Frame flags. END_STREAM is also ACK of SETTINGS and PING. */
export const FrameFlag = { endStream: 0x01, endHeaders: 0x04, padded: 0x08, priority: 0x20 } as const;

/** Client connection preface. */
export const PREFACE = Uint8Array.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (char) => char.charCodeAt(0));

const HEADER_BYTES = 9;
/** Largest frame that is given whole; of a longer one only its head is. */
const MAX_WHOLE_BYTES = 1024 * 1024;
/** Length of the payload where the type fixes it: PRIORITY, RST_STREAM, PING, WINDOW_UPDATE. */
const FIXED_BYTES: Readonly<Record<number, number>> = { 2: 5, 3: 4, 6: 8, 8: 4 };
/** Types that stand on stream 0 only: SETTINGS, PING, GOAWAY; and those that never do. */
const ON_CONNECTION = new Set([4, 6, 7]);
const ON_STREAM = new Set([0, 1, 2, 3, 5, 9]);
const LAST_TYPE = 9;
/** Frames above the default maximum are believed only inside a known stream of frames. */
const USUAL_FRAME_BYTES = 16_384;

/** Takes the frames of one flow. */
export interface FrameSink {
  /** Bytes of a DATA frame, without padding. */
  data(streamId: number, bytes: Uint8Array, timeNs: number): void;
  /** Bytes of a DATA frame are missing. */
  dataGap(streamId: number, lostBytes: number, reason: string): void;
  /** A DATA frame is over. */
  dataEnd(streamId: number, isStreamEnd: boolean, timeNs: number): void;
  /** Any other frame. `payload` undefined: it was too long. */
  frame(type: number, flags: number, streamId: number, payload: Uint8Array | undefined, timeNs: number): void;
  /** Frames are missing, or what came is no frame. */
  lostSync(reason: string, timeNs: number): void;
}

/** Reads one flow. */
export class FrameReader {
  /** Bytes that belonged to no frame. */
  droppedBytes = 0;
  readonly #sink: FrameSink;
  #prefaceAt: number;
  #isSeeking: boolean;
  readonly #head = new Uint8Array(HEADER_BYTES);
  #headLength = 0;
  /** Payload bytes of the current frame that are still to come; -1 between frames. */
  #left = -1;
  #type = 0;
  #flags = 0;
  #streamId = 0;
  /** Padding at the end of a DATA frame; -1: its length byte is still to come. */
  #padBytes = 0;
  readonly #carry = new ByteCarry();
  #isTooLong = false;

  constructor(sink: FrameSink, start: "preface" | "frames" | "seek") {
    this.#sink = sink;
    this.#prefaceAt = start === "preface" ? 0 : PREFACE.length;
    this.#isSeeking = start === "seek";
  }

  /** Bytes held right now. */
  get heldBytes(): number {
    return this.#carry.heldBytes;
  }

  /** Takes the next bytes. */
  push(bytes: Uint8Array, timeNs: number): void {
    if (this.#isSeeking && !this.#resync(bytes)) return;
    let at = this.#prefaceAt < PREFACE.length ? this.#preface(bytes, timeNs) : 0;
    while (at < bytes.length && !this.#isSeeking) {
      if (this.#left >= 0) at = this.#payload(bytes, at, timeNs);
      else at = this.#frameHead(bytes, at, timeNs);
    }
  }

  /** Bytes are missing; 0: unknown how many. */
  gap(lostBytes: number, reason: string, timeNs: number): void {
    if (this.#isSeeking) return;
    const isInData = this.#left > 0 && this.#type === FrameType.data && this.#padBytes >= 0;
    if (!isInData || lostBytes === 0 || lostBytes > this.#left) return this.#loseSync(reason, timeNs);
    const dataBytes = Math.min(lostBytes, Math.max(0, this.#left - this.#padBytes));
    this.#left -= lostBytes;
    this.#sink.dataGap(this.#streamId, dataBytes, reason);
    if (this.#left === 0) this.#endData(timeNs);
  }

  #preface(bytes: Uint8Array, timeNs: number): number {
    let at = 0;
    while (at < bytes.length && this.#prefaceAt < PREFACE.length) {
      if (bytes[at++] === PREFACE[this.#prefaceAt++]) continue;
      this.#prefaceAt = PREFACE.length;
      this.#loseSync("preface", timeNs);
    }
    return at;
  }

  #frameHead(bytes: Uint8Array, from: number, timeNs: number): number {
    let head = bytes;
    let at = from;
    let end = from + HEADER_BYTES;
    if (this.#headLength > 0 || end > bytes.length) {
      end = Math.min(bytes.length, from + HEADER_BYTES - this.#headLength);
      this.#head.set(bytes.subarray(from, end), this.#headLength);
      this.#headLength += end - from;
      if (this.#headLength < HEADER_BYTES) return end;
      this.#headLength = 0;
      head = this.#head;
      at = 0;
    }
    if (!isFrameHead(head, at)) {
      this.#loseSync("frame", timeNs);
      return bytes.length;
    }
    this.#left = lengthAt(head, at);
    this.#type = head[at + 3] ?? 0;
    this.#flags = head[at + 4] ?? 0;
    this.#streamId = streamIdAt(head, at);
    this.#padBytes = this.#type === FrameType.data && (this.#flags & FrameFlag.padded) !== 0 ? -1 : 0;
    this.#isTooLong = this.#left > MAX_WHOLE_BYTES;
    if (this.#left === 0) this.#end(EMPTY, timeNs);
    return end;
  }

  #payload(bytes: Uint8Array, from: number, timeNs: number): number {
    const end = Math.min(bytes.length, from + this.#left);
    if (this.#type === FrameType.data) {
      this.#dataBytes(bytes, from, end, timeNs);
      return end;
    }
    const piece = bytes.subarray(from, end);
    this.#left -= piece.length;
    if (this.#left > 0) {
      if (!this.#isTooLong) this.#carry.push(piece);
    } else this.#end(this.#isTooLong ? undefined : this.#carry.takeWith(piece), timeNs);
    return end;
  }

  #dataBytes(bytes: Uint8Array, from: number, end: number, timeNs: number): void {
    let at = from;
    if (this.#padBytes < 0) {
      this.#padBytes = bytes[at++] ?? 0;
      this.#left--;
    }
    const dataEnd = Math.min(end, at + Math.max(0, this.#left - this.#padBytes));
    this.#left -= end - at;
    if (dataEnd > at) this.#sink.data(this.#streamId, bytes.subarray(at, dataEnd), timeNs);
    if (this.#left === 0) this.#endData(timeNs);
  }

  #endData(timeNs: number): void {
    this.#left = -1;
    this.#sink.dataEnd(this.#streamId, (this.#flags & FrameFlag.endStream) !== 0, timeNs);
  }

  #end(payload: Uint8Array | undefined, timeNs: number): void {
    if (this.#type === FrameType.data) return this.#endData(timeNs);
    this.#left = -1;
    this.#sink.frame(this.#type, this.#flags, this.#streamId, payload, timeNs);
  }

  #loseSync(reason: string, timeNs: number): void {
    this.#isSeeking = true;
    this.#left = -1;
    this.#headLength = 0;
    this.#carry.clear();
    this.#sink.lostSync(reason, timeNs);
  }

  #resync(bytes: Uint8Array): boolean {
    if (!startsWithFrames(bytes)) {
      this.droppedBytes += bytes.length;
      return false;
    }
    this.#isSeeking = false;
    return true;
  }
}

const EMPTY = new Uint8Array(0);

/**
 * True when `bytes` are, from their first byte on, a chain of frames that are possible as they stand: the last one ends with the
 * bytes, or is a usual frame that goes on beyond them after at least one whole frame, or is DATA or HEADERS of a usual size.
 */
export function startsWithFrames(bytes: Uint8Array): boolean {
  let at = 0;
  let frames = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    if (!isFrameHead(bytes, at) || lengthAt(bytes, at) > USUAL_FRAME_BYTES || !hasUsualFlags(bytes, at)) return false;
    at += HEADER_BYTES + lengthAt(bytes, at);
    frames++;
  }
  return frames > 1 || (frames === 1 && at >= bytes.length);
}

function isFrameHead(bytes: Uint8Array, at: number): boolean {
  const type = bytes[at + 3] ?? 0;
  const length = lengthAt(bytes, at);
  const streamId = streamIdAt(bytes, at);
  const fixed = FIXED_BYTES[type];
  if (fixed !== undefined && fixed !== length) return false;
  if (type === FrameType.settings && length % 6 !== 0) return false;
  return ON_CONNECTION.has(type) ? streamId === 0 : ON_STREAM.has(type) ? streamId !== 0 : true;
}

/** Flags that the type defines, by type; a frame out of nowhere must have no others. */
const FLAGS = [0x09, 0x2d, 0, 0, 0x01, 0x0c, 0x01, 0, 0, 0x04];

function hasUsualFlags(bytes: Uint8Array, at: number): boolean {
  const type = bytes[at + 3] ?? 0;
  if (type > LAST_TYPE || (bytes[at + 5] ?? 0) >= 0x80) return false;
  return ((bytes[at + 4] ?? 0) & ~(FLAGS[type] ?? 0)) === 0;
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}

function streamIdAt(bytes: Uint8Array, at: number): number {
  return (((bytes[at + 5] ?? 0) & 0x7f) << 24) | ((bytes[at + 6] ?? 0) << 16) | ((bytes[at + 7] ?? 0) << 8) |
    (bytes[at + 8] ?? 0);
}
