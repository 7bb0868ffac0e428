/**
 * Undoes `Content-Encoding`: chains of gzip, deflate, br and zstd, bounded against bombs.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-8.4 (read 2026-11-21)
 */
import { type CodingName, Inflater, type InflateResult } from "./inflate.ts";

/** Longest chain that is undone. Nested codings are how small bombs are made; no server sends more than two. */
const MAX_CHAIN = 3;
/** Output beyond this size must not be more than `MAX_RATIO` times the input. */
const FREE_BYTES = 1024 * 1024;
const MAX_RATIO = 1000;

const CODINGS: Readonly<Record<string, CodingName>> = {
  "gzip": "gzip",
  "x-gzip": "gzip",
  "deflate": "deflate",
  "br": "br",
  "zstd": "zstd",
};

/**
 * Reads a `Content-Encoding` value: the codings in the order in which they are to be undone; `undefined` when one is unknown or
 * there are too many. Empty for an identity body.
 */
export function parseContentEncoding(value: string | undefined): CodingName[] | undefined {
  if (value === undefined || value === "") return [];
  const names: CodingName[] = [];
  for (const part of value.toLowerCase().split(",")) {
    const name = part.trim();
    if (name === "" || name === "identity") continue;
    const coding = CODINGS[name];
    if (coding === undefined) return undefined;
    names.unshift(coding);
  }
  return names.length > MAX_CHAIN ? undefined : names;
}

/** Undoes a chain of codings of one body. */
export class CodingChain {
  readonly #stages: Inflater[];
  readonly #output: (bytes: Uint8Array) => void;
  readonly #maxBytes: number;
  #inBytes = 0;
  readonly #outBytes: number[];
  #isBomb = false;

  /** @param output takes decoded bytes; views valid during the call. */
  constructor(codings: readonly CodingName[], maxBytes: number, output: (bytes: Uint8Array) => void) {
    this.#stages = codings.map((coding, depth) => new Inflater(coding, depth));
    this.#outBytes = codings.map(() => 0);
    this.#maxBytes = maxBytes;
    this.#output = output;
  }

  /** Bytes held right now. */
  get heldBytes(): number {
    return this.#stages.reduce((sum, stage) => sum + stage.heldBytes, 0);
  }

  /** Takes coded bytes. `bomb`: more would come out than is allowed; nothing more is taken. */
  push(bytes: Uint8Array): "ok" | "bomb" | "encoding" {
    this.#inBytes += bytes.length;
    return this.#answer(this.#feed(0, bytes));
  }

  /** Whether the body stops before the end of a coding; asked at most once, before `end`. */
  isCut(): boolean {
    return this.#stages.some((stage) => stage.isCut());
  }

  /** The body ended. */
  end(): "ok" | "bomb" | "encoding" {
    let result: InflateResult = "ok";
    for (const [depth, stage] of this.#stages.entries()) {
      const ended = stage.end((bytes) => this.#pass(depth, bytes), this.#maxBytes);
      if (result === "ok") result = ended;
    }
    return this.#answer(result);
  }

  /** Frees the native state. */
  close(): void {
    for (const stage of this.#stages) stage.close();
  }

  #feed(depth: number, bytes: Uint8Array): InflateResult {
    const stage = this.#stages[depth];
    if (stage === undefined) {
      this.#output(bytes);
      return "ok";
    }
    return stage.push(bytes, (decoded) => this.#pass(depth, decoded));
  }

  #pass(depth: number, decoded: Uint8Array): boolean {
    const total = (this.#outBytes[depth] ?? 0) + decoded.length;
    this.#outBytes[depth] = total;
    if (total > this.#maxBytes || (total > FREE_BYTES && total > this.#inBytes * MAX_RATIO)) {
      this.#isBomb = true;
      return false;
    }
    return this.#feed(depth + 1, decoded) === "ok";
  }

  #answer(result: InflateResult): "ok" | "bomb" | "encoding" {
    if (this.#isBomb) return "bomb";
    return result === "ok" ? "ok" : "encoding";
  }
}
