import type { Finding } from "../model/finding.ts";
import type { LossCounters } from "../model/loss.ts";
import type { HostFacts } from "../model/process.ts";
import type { RawCapture } from "../model/raw_capture.ts";
import type { Plugin } from "../model/plugin.ts";
import type { Verdict } from "../model/verdict.ts";
import type { InputExchange } from "../model/input_exchange.ts";

/** Facts about a source that do not change while it runs. */
export interface SourceInfo {
  /** Boot id, or the name of a text source; part of every event id. */
  readonly bootId: string;
  readonly host: HostFacts;
  /** Goes into `source.capture_method`. */
  readonly method: "ebpf" | "recording" | "records" | "exchanges" | "har";
  /** Findings to show before the first fact (a damaged tail, an old version). */
  readonly findings: readonly Finding[];
}

/** Takes what a source gives, synchronously, in order. Bytes in facts are valid only during the call. */
export interface SourceSink {
  /** One capture fact. */
  raw(fact: RawCapture): void;
  /** One whole exchange, from text inputs that have no bytes of a connection. */
  exchange(input: InputExchange): void;
  /** A slice of work ended: what was collected may go on now. The source feeds nothing more until the promise resolves. */
  sliceEnd?(): Promise<void> | undefined;
}

/** An opened source. */
export interface CaptureRun {
  readonly info: SourceInfo;
  /** Feeds the sink until the source ends or `stop` is called; yields to the event loop between slices. */
  run(sink: SourceSink): Promise<void>;
  /** Asks the source to deliver what it still holds and to end. Idempotent. */
  stop(): void;
  /** Hands verdicts to the kernel; a no-op for files. */
  verdicts(batch: readonly Verdict[]): void;
  /** What the source itself dropped. */
  losses(): LossCounters;
  /** What was wrong with the input so far: bad lines, a damaged tail. Bounded; an `error` makes the command end with 65. */
  findings(): readonly Finding[];
}

/** Where capture facts come from. `O` are its options. */
export interface CaptureSource<O> extends Plugin {
  /** Opens the source. Rejects with a `FindingError`. */
  open(options: O): Promise<CaptureRun>;
}
