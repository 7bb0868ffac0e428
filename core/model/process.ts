import type { RawProcess } from "./raw_capture.ts";

/** What is known of one program run, merged from `RawProcess` facts. */
export type ProcessFacts = Omit<RawProcess, "kind" | "state" | "seq" | "entryNs" | "returnNs" | "connId">;

/** Looks up program runs by `processKey`; built from `RawProcess` facts only, never from this machine. */
export interface ProcessLookup {
  /** Facts of a program run; undefined when none arrived. */
  find(processKey: number): ProcessFacts | undefined;
}

/** Facts of the machine that captured; from the recording's header or the live library. */
export interface HostFacts {
  readonly hostname?: string;
  /** `linux`. */
  readonly os?: string;
  readonly osVersion?: string;
  readonly kernelVersion?: string;
  /** `x86_64`, `aarch64`. */
  readonly arch?: string;
  /** Keyed hash of the machine id. */
  readonly deviceId?: string;
}
