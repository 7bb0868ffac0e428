/**
 * The few things about a 64-bit little-endian ELF program that the one-file build has to know and to change.
 *
 * @see https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html (System V ABI, program header, dynamic section)
 */
import { Failure } from "../failure.ts";

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_NOTE = 4;
const DT_STRTAB = 5;
const DT_SYMTAB = 6;
const DT_RELA = 7;
const DT_RELASZ = 8;
const R_X86_64_GLOB_DAT = 6;
const PROGRAM_HEADER_BYTES = 56;
const RELA_BYTES = 24;
const SYMBOL_BYTES = 24;
/** Size of a page; segments are aligned to it. */
export const PAGE_BYTES = 4096;

interface Segment {
  readonly index: number;
  readonly type: number;
  readonly offset: number;
  readonly vaddr: number;
  readonly fileBytes: number;
  readonly memoryBytes: number;
}

/** A program image that can be given one more segment and another entry. */
export class ElfImage {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #segments: readonly Segment[];
  readonly #headerOffset: number;

  /** @throws {Failure} when the bytes are not a 64-bit ELF program of x86_64 */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.#view.getUint32(0) !== 0x7f454c46 || bytes[4] !== 2 || this.#view.getUint16(18, true) !== 62) {
      throw refuse("it is not a 64-bit ELF program for x86_64");
    }
    this.#headerOffset = this.#u64(32);
    this.#segments = Array.from({ length: this.#view.getUint16(56, true) }, (_, index) => this.#readSegment(index));
  }

  /** Address the program starts at. */
  get entry(): number {
    return this.#u64(24);
  }

  /** First free page behind everything that is loaded, one page of distance kept. */
  get freeVaddr(): number {
    const end = Math.max(...this.#loads().map((segment) => segment.vaddr + segment.memoryBytes));
    return toPage(end) + PAGE_BYTES;
  }

  /**
   * Gives the address of the GOT slot that holds the address of `name`.
   *
   * @throws {Failure} when the program does not use that symbol
   */
  findGotSlot(name: string): number {
    const dynamic = this.#readDynamic();
    const start = this.#toOffset(require(dynamic.get(DT_RELA), "relocation table"));
    const end = start + require(dynamic.get(DT_RELASZ), "relocation table");
    const symbols = this.#toOffset(require(dynamic.get(DT_SYMTAB), "symbol table"));
    const names = this.#toOffset(require(dynamic.get(DT_STRTAB), "symbol names"));
    for (let at = start; at < end; at += RELA_BYTES) {
      if (this.#view.getUint32(at + 8, true) !== R_X86_64_GLOB_DAT) continue;
      const symbol = symbols + SYMBOL_BYTES * this.#view.getUint32(at + 12, true);
      if (this.#readName(names + this.#view.getUint32(symbol, true)) === name) return this.#u64(at);
    }
    throw refuse(`it has no GOT slot for "${name}"`);
  }

  /**
   * Turns the last note header into a readable and executable segment, and lets the program start in it.
   *
   * @param offset - where the segment's bytes stand in the file, page-aligned
   * @throws {Failure} when there is no note header behind the loaded segments
   */
  addSegment(offset: number, vaddr: number, lengthBytes: number, entry: number): void {
    const note = this.#segments.filter((segment) => segment.type === PT_NOTE).at(-1);
    const lastLoad = this.#loads().at(-1);
    if (!note || !lastLoad || note.index < lastLoad.index) throw refuse("it has no note header behind its segments");
    const at = this.#headerOffset + PROGRAM_HEADER_BYTES * note.index;
    this.#view.setUint32(at, PT_LOAD, true);
    this.#view.setUint32(at + 4, 5, true);
    [offset, vaddr, vaddr, lengthBytes, lengthBytes, PAGE_BYTES].forEach((value, index) =>
      this.#view.setBigUint64(at + 8 + 8 * index, BigInt(value), true)
    );
    this.#view.setBigUint64(24, BigInt(entry), true);
  }

  #loads(): Segment[] {
    return this.#segments.filter((segment) => segment.type === PT_LOAD);
  }

  #readSegment(index: number): Segment {
    const at = this.#headerOffset + PROGRAM_HEADER_BYTES * index;
    return {
      index,
      type: this.#view.getUint32(at, true),
      offset: this.#u64(at + 8),
      vaddr: this.#u64(at + 16),
      fileBytes: this.#u64(at + 32),
      memoryBytes: this.#u64(at + 40),
    };
  }

  #readDynamic(): Map<number, number> {
    const dynamic = this.#segments.find((segment) => segment.type === PT_DYNAMIC);
    const entries = new Map<number, number>();
    if (!dynamic) return entries;
    for (let at = dynamic.offset; at < dynamic.offset + dynamic.fileBytes; at += 16) {
      const tag = this.#u64(at);
      if (!entries.has(tag)) entries.set(tag, this.#u64(at + 8));
    }
    return entries;
  }

  #toOffset(vaddr: number): number {
    const found = this.#loads().find((load) => load.vaddr <= vaddr && vaddr < load.vaddr + load.fileBytes);
    return require(found, `address ${vaddr}`).offset + vaddr - require(found, "segment").vaddr;
  }

  #readName(at: number): string {
    return new TextDecoder().decode(this.#bytes.subarray(at, this.#bytes.indexOf(0, at)));
  }

  #u64(at: number): number {
    return Number(this.#view.getBigUint64(at, true));
  }
}

/** Rounds up to the next page. */
export function toPage(value: number): number {
  return Math.ceil(value / PAGE_BYTES) * PAGE_BYTES;
}

function refuse(why: string): Failure {
  return new Failure("Cannot add the program to the Deno executable", why, "deno task build --kind compile");
}

function require<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw refuse(`its ${what} was not found`);
  return value;
}
