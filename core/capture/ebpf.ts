import { KIND, RECORD } from "../../ffi/layout.ts";
import { loadLibrary, type NativeLibrary, openSensor, type Sensor, type SensorConfig } from "../../ffi/mod.ts";
import { FindingError } from "../model/finding.ts";
import type { LossCounters } from "../model/loss.ts";
import { RecordKind } from "../model/raw_capture.ts";
import type { Verdict } from "../model/verdict.ts";
import { readThisHost, type ThisHost } from "./this_host.ts";
import { createRecordCounters, readRecords } from "./record_codec.ts";
import { RECORD_HEADER_BYTES, RecordOffset } from "./record_layout.ts";
import { InputFindings } from "./input_findings.ts";
import type { CaptureRun, CaptureSource, SourceSink } from "./source.ts";
import { TimeSlice } from "./time_slice.ts";

/** Options of the live source. */
export interface EbpfOptions {
  readonly sensor: SensorConfig;
  /** Default: found and loaded. */
  readonly library?: NativeLibrary;
  /** Facts of this machine, where they were asked for already. */
  readonly thisHost?: ThisHost;
}

/** A live capture: also the door to the library's control operations. */
export interface EbpfRun extends CaptureRun {
  readonly sensor: Sensor;
}

/** The live source. */
export interface EbpfSource extends CaptureSource<EbpfOptions> {
  open(options: EbpfOptions): Promise<EbpfRun>;
}

/** Live capture of this machine through the native library. */
export const ebpf: EbpfSource = {
  id: "ebpf",
  summary: "Live capture of this machine",
  stability: "experimental",
  async open(options) {
    assertLayout();
    const library = options.library ?? loadLibrary();
    const thisHost = options.thisHost ?? await readThisHost(library);
    return new LiveRun(await openSensor(options.sensor, library), thisHost);
  },
};

class LiveRun implements EbpfRun {
  readonly info: CaptureRun["info"];
  readonly sensor: Sensor;
  readonly #counters = createRecordCounters();
  readonly #findings = new InputFindings();

  constructor(sensor: Sensor, { bootId, host }: ThisHost) {
    this.sensor = sensor;
    this.info = { bootId, host, method: "ebpf", findings: [] };
  }

  async run(sink: SourceSink): Promise<void> {
    try {
      await this.sensor.drain((records) => this.#take(records, sink));
    } finally {
      await this.sensor.close();
    }
  }

  /** One batch, in slices; the buffer goes back to the library when this ends. */
  async #take(records: Uint8Array, sink: SourceSink): Promise<void> {
    const slice = new TimeSlice(sink);
    for (let at = 0; at < records.length;) {
      const read = readRecords(records.subarray(at), this.#counters, (fact) => {
        sink.raw(fact);
        return !slice.isOver();
      });
      at += read.consumed;
      if (read.damage !== undefined || read.consumed === 0) return this.#damaged(read.damage ?? "a record is cut");
      if (at < records.length) await slice.next();
    }
    await sink.sliceEnd?.();
  }

  #damaged(reason: string): void {
    this.#findings.add({
      code: "OISP-FFI-007",
      severity: "error",
      what: `Cannot read a batch of the capture library: ${reason}`,
      why: "The rest of the batch is lost",
    });
  }

  stop(): void {
    this.sensor.shutdown();
  }

  verdicts(batch: readonly Verdict[]): void {
    this.sensor.verdicts(batch);
  }

  losses(): LossCounters {
    return { items: { damaged: this.#counters.badPayloads, unknown_kind: this.#counters.unknownKinds }, bytes: {} };
  }

  findings() {
    return this.#findings.list();
  }
}

/**
 * Holds the layout that the library was compiled with against the one this program reads.
 * @throws {FindingError} with exit code 70 when they differ.
 */
export function assertLayout(): void {
  const library: Readonly<Record<string, number | { readonly offset: number }>> = RECORD;
  const differing = Object.entries(RecordOffset).filter(([name, offset]) => {
    const field = library[name.replace(/[A-Z]/g, (letter) => "_" + letter.toLowerCase())];
    return typeof field !== "object" || field.offset !== offset;
  });
  const kinds = Object.entries(RecordKind).filter(([name, code]) => KIND[name as keyof typeof KIND] !== code);
  if (differing.length + kinds.length === 0 && RECORD.size === RECORD_HEADER_BYTES) return;
  throw new FindingError([{
    code: "OISP-FFI-008",
    severity: "error",
    what: "Cannot read records of the capture library: its layout differs",
    why: [...differing, ...kinds].map(([name]) => name).join(", "),
    fix: "Build program and library from the same sources: deno task build",
  }], 70);
}
