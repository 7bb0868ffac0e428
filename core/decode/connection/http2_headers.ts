/** Header blocks of one flow of an HTTP/2 connection: collects the fragments, decodes, tells pseudo and plain fields apart. */
import { ByteCarry } from "../body/byte_carry.ts";
import { HpackDecoder } from "./hpack.ts";

/** Longest block that is collected over CONTINUATION frames. */
const MAX_BLOCK_BYTES = 256 * 1024;

/** The fields of one block. */
export interface HeaderBlock {
  readonly streamId: number;
  readonly isStreamEnd: boolean;
  /** The block promises a pushed stream. */
  readonly isPush: boolean;
  /** Pseudo fields without the colon. */
  readonly pseudo: ReadonlyMap<string, string>;
  readonly headers: Map<string, string>;
  /** Fields could not be known. */
  readonly isPartial: boolean;
  readonly firstByteNs: number;
}

/** Collects and decodes the blocks of one flow. */
export class HeaderCollector {
  readonly #hpack: HpackDecoder;
  readonly #carry = new ByteCarry();
  #streamId = 0;
  #isStreamEnd = false;
  #isPush = false;
  #isOpen = false;
  #firstByteNs = 0;

  constructor(joinedLate: boolean) {
    this.#hpack = new HpackDecoder(joinedLate);
  }

  /** Bytes held right now. */
  get heldBytes(): number {
    return this.#carry.heldBytes + this.#hpack.heldBytes;
  }

  /** Blocks are missing. */
  loseState(): void {
    this.#isOpen = false;
    this.#carry.clear();
    this.#hpack.loseState();
  }

  /** Takes the first fragment of a block; gives the block when it is whole. */
  start(
    fragment: Uint8Array,
    facts: { readonly streamId: number; readonly isStreamEnd: boolean; readonly isPush: boolean },
    isEnd: boolean,
    timeNs: number,
  ): HeaderBlock | undefined {
    // A block that was never ended: its additions to the table are unknown.
    if (this.#isOpen) this.loseState();
    this.#streamId = facts.streamId;
    this.#isStreamEnd = facts.isStreamEnd;
    this.#isPush = facts.isPush;
    this.#firstByteNs = timeNs;
    if (isEnd) return this.#decode(fragment);
    this.#isOpen = true;
    this.#carry.push(fragment);
    return undefined;
  }

  /** Takes a further fragment. */
  go(fragment: Uint8Array, streamId: number, isEnd: boolean): HeaderBlock | undefined {
    if (!this.#isOpen || streamId !== this.#streamId || this.#carry.heldBytes + fragment.length > MAX_BLOCK_BYTES) {
      this.loseState();
      return undefined;
    }
    this.#carry.push(fragment);
    if (!isEnd) return undefined;
    this.#isOpen = false;
    return this.#decode(this.#carry.take());
  }

  #decode(block: Uint8Array): HeaderBlock {
    const pseudo = new Map<string, string>();
    const headers = new Map<string, string>();
    let isPartial = false;
    const isWhole = this.#hpack.decode(block, (name, value) => {
      if (name === undefined || value === undefined) isPartial = true;
      else if (name.charCodeAt(0) === 58) pseudo.set(name.slice(1), value);
      else addField(headers, name, value);
    });
    return {
      streamId: this.#streamId,
      isStreamEnd: this.#isStreamEnd,
      isPush: this.#isPush,
      pseudo,
      headers,
      isPartial: isPartial || !isWhole,
      firstByteNs: this.#firstByteNs,
    };
  }
}

/** Joins lines of one name as HTTP/1 does; cookies, which HTTP/2 splits, by their own separator (RFC 9113 8.2.3). */
function addField(headers: Map<string, string>, sentName: string, value: string): void {
  const name = sentName.toLowerCase();
  const before = headers.get(name);
  const separator = name === "set-cookie" ? "\n" : name === "cookie" ? "; " : ", ";
  headers.set(name, before === undefined ? value : before + separator + value);
}
