/**
 * A stand-in for the library, in memory, for tests without root. Unkind on purpose: a buffer that it gets back is overwritten
 * before it is filled, so that whoever kept a view sees rubbish.
 */
import { ABI_VERSION } from "./layout.ts";
import type { NativeLibrary, NativeSymbols } from "./library.ts";
import { VERDICT_BYTES } from "./verdict_batch.ts";

const RUBBISH = 0xa5;
const ENDED = -1;
const TOO_SMALL = -2;
const FAILED = -4;

/** What a test tells the stand-in to do. */
export interface FakeLibraryOptions {
  /** Records to deliver, each whole. */
  readonly records: readonly Uint8Array[];
  /** Records in one batch at most; default: as many as fit. */
  readonly recordsPerBatch?: number;
  /** Keep the capture open until `shutdown`, as a real one does; default: end after the last record. */
  readonly staysOpen?: boolean;
  readonly abiVersion?: number;
  /** Why `open` fails. */
  readonly openError?: string;
  /** Replies of control operations. */
  readonly control?: (request: Record<string, unknown>) => unknown;
}

/** The stand-in and what it saw. */
export interface FakeLibrary extends NativeLibrary {
  /** Raw batches given to `verdicts`. */
  readonly verdictBatches: Uint8Array[];
  /** Texts given to `open`. */
  readonly configs: string[];
  /** True after `close`. */
  isClosed: boolean;
  /** Polls that were running at the same time at most; more than one is an error of the caller. */
  mostPolls: number;
}

/** Creates a stand-in. */
export function createFakeLibrary(options: FakeLibraryOptions): FakeLibrary {
  const fake: FakeLibrary = {
    path: "fake",
    symbols: undefined as unknown as NativeSymbols,
    verdictBatches: [],
    configs: [],
    isClosed: false,
    mostPolls: 0,
  };
  return Object.assign(fake, { symbols: new FakeNative(options, fake) });
}

type Bytes = AllowSharedBufferSource | null;

/** The C functions. The fields they are called with are always `Uint8Array`. */
class FakeNative implements NativeSymbols {
  readonly #options: FakeLibraryOptions;
  readonly #fake: FakeLibrary;
  readonly #queue: Uint8Array[];
  #lastError: string;
  #isShutDown: boolean;
  #polls = 0;
  #wake = (): void => {};

  constructor(options: FakeLibraryOptions, fake: FakeLibrary) {
    this.#options = options;
    this.#fake = fake;
    this.#queue = [...options.records];
    this.#lastError = options.openError ?? "";
    this.#isShutDown = options.staysOpen !== true;
  }

  oisp_abi_version(): number {
    return this.#options.abiVersion ?? ABI_VERSION;
  }

  oisp_open(config: Bytes, length: number): Promise<number> {
    this.#fake.configs.push(readText(config, length));
    return Promise.resolve(this.#options.openError === undefined ? 1 : FAILED);
  }

  async oisp_poll(_handle: number, target: Bytes): Promise<number> {
    const buffer = target as Uint8Array;
    buffer.fill(RUBBISH);
    this.#fake.mostPolls = Math.max(this.#fake.mostPolls, ++this.#polls);
    if (this.#queue.length === 0 && !this.#isShutDown) await new Promise<void>((resolve) => this.#wake = resolve);
    else await Promise.resolve();
    this.#polls--;
    return this.#queue.length > 0 ? this.#fill(buffer) : ENDED;
  }

  #fill(buffer: Uint8Array): number {
    let end = 0;
    for (let taken = 0; taken < (this.#options.recordsPerBatch ?? Infinity); taken++) {
      const next = this.#queue[0];
      if (next === undefined) break;
      if (end + next.length > buffer.length) return end === 0 ? TOO_SMALL : end;
      buffer.set(next, end);
      end += next.length;
      this.#queue.shift();
    }
    return end;
  }

  oisp_verdicts(_handle: number, batch: Bytes, length: number): number {
    this.#fake.verdictBatches.push((batch as Uint8Array).slice(0, length));
    return length / VERDICT_BYTES;
  }

  oisp_control(_handle: number, request: Bytes, length: number, reply: Bytes): Promise<number> {
    const answer = this.#options.control?.(JSON.parse(readText(request, length)));
    if (answer !== undefined) return Promise.resolve(writeText(JSON.stringify(answer), reply));
    this.#lastError = "unknown operation";
    return Promise.resolve(FAILED);
  }

  oisp_stats(_handle: number, buffer: Bytes): number {
    return writeText('{"queued":0}', buffer);
  }

  oisp_coverage(_handle: number, buffer: Bytes): number {
    return writeText("{}", buffer);
  }

  oisp_last_error(buffer: Bytes): number {
    return writeText(this.#lastError, buffer);
  }

  oisp_shutdown(): number {
    this.#isShutDown = true;
    this.#wake();
    return 0;
  }

  oisp_close(): Promise<number> {
    this.#fake.isClosed = true;
    return Promise.resolve(0);
  }
}

function readText(bytes: Bytes, length: number): string {
  return new TextDecoder().decode((bytes as Uint8Array).slice(0, length));
}

function writeText(text: string, target: Bytes): number {
  const bytes = new TextEncoder().encode(text);
  (target as Uint8Array).set(bytes.subarray(0, (target as Uint8Array).length));
  return bytes.length;
}
