/**
 * The one door to native code: `openSensor` loads, opens and hands on, with types. Nothing outside this folder calls the
 * library.
 */
import { FindingError } from "../core/model/finding.ts";
import type { Verdict } from "../core/model/verdict.ts";
import { DRAIN_DEFAULTS, type DrainOptions, drainRecords } from "./drain.ts";
import { checkVersion, loadLibrary, type NativeLibrary } from "./library.ts";
import { controlNative, readLastError, readNativeJson } from "./native_json.ts";
import { type SensorConfig, toConfigJson } from "./sensor_config.ts";
import { toVerdictBatch } from "./verdict_batch.ts";

export { loadLibrary, type NativeLibrary } from "./library.ts";
export type { SensorConfig, SensorScope } from "./sensor_config.ts";

/** An open capture. */
export interface Sensor {
  /**
   * Hands every batch of whole records to `take` until the last one after `shutdown`. The bytes are valid until `take` is done.
   * To be called once.
   */
  drain(take: (records: Uint8Array<ArrayBuffer>) => void | Promise<void>): Promise<void>;
  /** Tells the kernel what to copy from now on. */
  verdicts(batch: readonly Verdict[]): void;
  /** Runs a control operation; the parsed reply. @throws {FindingError} with the library's reason. */
  control(operation: string, request?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Counters of the engine, as the library names them; undefined when it gives none. */
  stats(): unknown;
  /** What works on this kernel and what is attached, as the library names it. */
  coverage(): unknown;
  /** Detaches; `drain` then delivers what is still there and ends. Idempotent. */
  shutdown(): void;
  /** Frees the engine. Only after `drain` has ended. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens a capture. Programs are loaded when it resolves; attaching goes on.
 * @throws {FindingError} with exit code 77 when the kernel or the rights do not allow it.
 */
export async function openSensor(
  config: SensorConfig,
  library: NativeLibrary = loadLibrary(),
  drainOptions: DrainOptions = DRAIN_DEFAULTS,
): Promise<Sensor> {
  checkVersion(library);
  const native = library.symbols;
  const json = new TextEncoder().encode(toConfigJson(config));
  const handle = await native.oisp_open(json, json.length);
  if (handle <= 0) throw refused(readLastError(native), handle);
  let isOpen = true;
  return {
    drain: (take) => drainRecords(native, handle, take, drainOptions),
    verdicts(batch) {
      const bytes = toVerdictBatch(batch);
      if (isOpen && bytes.length > 0) native.oisp_verdicts(handle, bytes, bytes.length);
    },
    control: (operation, request = {}) => controlNative(native, handle, operation, request),
    stats: () => readNativeJson((buffer, cap) => native.oisp_stats(handle, buffer, cap)),
    coverage: () => readNativeJson((buffer, cap) => native.oisp_coverage(handle, buffer, cap)),
    shutdown() {
      if (isOpen) native.oisp_shutdown(handle);
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      await native.oisp_close(handle);
    },
  };
}

/** Runs a control operation that needs no open capture. @throws {FindingError} with the library's reason. */
export function controlLibrary(
  library: NativeLibrary,
  operation: string,
  request: Readonly<Record<string, unknown>> = {},
): Promise<unknown> {
  return controlNative(library.symbols, 0, operation, request);
}

function refused(lastError: string, code: number): FindingError {
  return new FindingError([{
    code: "OISP-FFI-004",
    severity: "error",
    what: `Cannot open the capture${lastError === "" ? `: the library answered ${code}` : ""}`,
    ...(lastError === "" ? {} : { why: lastError }),
    fix: "oisp doctor   says what this machine allows",
  }], 77);
}
