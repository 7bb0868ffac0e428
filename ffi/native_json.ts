import { FindingError } from "../core/model/finding.ts";
import type { NativeSymbols } from "./library.ts";

const FIRST_REPLY_BYTES = 64 * 1024;
const MAX_TEXT_BYTES = 16 * 1024 * 1024;
const decoder = new TextDecoder();

/**
 * Runs one control operation and gives its parsed reply. Handle 0 serves operations that need no open engine.
 * @throws {FindingError} with the library's own words when the operation fails.
 */
export async function controlNative(
  native: NativeSymbols,
  handle: number,
  operation: string,
  request: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const bytes = new TextEncoder().encode(JSON.stringify({ op: operation, ...request }));
  const reply = new Uint8Array(FIRST_REPLY_BYTES);
  const length = await native.oisp_control(handle, bytes, bytes.length, reply, reply.length);
  if (length < 0) throw failed(native, operation, length);
  if (length <= reply.length) return parse(reply.subarray(0, length));
  // An operation is not run a second time for a larger buffer: most of them do something.
  throw failed(native, operation, length);
}

/** Reads a JSON text that the library writes into a buffer and gives the length of; undefined when it has none. */
export function readNativeJson(read: (buffer: Uint8Array<ArrayBuffer>, cap: number) => number): unknown {
  let buffer = new Uint8Array(FIRST_REPLY_BYTES);
  let length = read(buffer, buffer.length);
  while (length > buffer.length && length <= MAX_TEXT_BYTES) {
    buffer = new Uint8Array(length);
    length = read(buffer, buffer.length);
  }
  return length < 0 || length > buffer.length ? undefined : parse(buffer.subarray(0, length));
}

/** Gives the last error of the library without the log that may follow it; "" when there is none. */
export function readLastError(native: NativeSymbols): string {
  const buffer = new Uint8Array(16 * 1024);
  const length = native.oisp_last_error(buffer, buffer.length);
  const text = length <= 0 ? "" : decoder.decode(buffer.subarray(0, Math.min(length, buffer.length)));
  return text.trim().split("\n", 1)[0] ?? "";
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}

function failed(native: NativeSymbols, operation: string, code: number): FindingError {
  const why = readLastError(native);
  return new FindingError([{
    code: "OISP-FFI-006",
    severity: "error",
    what: `Cannot ${operation.replaceAll("_", " ")}${why === "" ? `: the capture library answered ${code}` : ""}`,
    ...(why === "" ? {} : { why }),
  }], 70);
}
