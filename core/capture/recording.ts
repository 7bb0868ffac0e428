import type { LossCounters } from "../model/loss.ts";
import type { Finding } from "../model/finding.ts";
import { type ByteInput, type InputFrom, openByteInput } from "./byte_input.ts";
import { InputFindings } from "./input_findings.ts";
import { createRecordCounters, readRecords, type RecordCounters } from "./record_codec.ts";
import { notARecording, readRecordingHeader, type RecordingHeader } from "./recording_header.ts";
import type { CaptureRun, CaptureSource, SourceSink } from "./source.ts";
import { TimeSlice } from "./time_slice.ts";

const BLOCK_BYTES = 1024 * 1024;

/** Options of the recording source. */
export interface RecordingOptions {
  /** Path, `-` for standard input, or the bytes themselves. */
  readonly from: InputFrom;
}

/** A recording's run: also says what its header says. */
export interface RecordingRun extends CaptureRun {
  readonly header: RecordingHeader;
}

/** The source of recordings. */
export interface RecordingSource extends CaptureSource<RecordingOptions> {
  open(options: RecordingOptions): Promise<RecordingRun>;
}

/** A `.oispcap` file: the records of a live capture, in their order. */
export const recording: RecordingSource = {
  id: "recording",
  summary: "A .oispcap recording of a live capture",
  stability: "stable",
  async open(options) {
    const input = await openByteInput(options.from);
    const block = new Block(input);
    try {
      return createRun(input, block, await readHeader(input, block));
    } catch (error) {
      input.close();
      throw error;
    }
  },
};

/** The bytes of the file that were read and not yet taken. */
class Block {
  readonly #input: ByteInput;
  #bytes = new Uint8Array(BLOCK_BYTES);
  #start = 0;
  #end = 0;
  /** Bytes of the file before `held`. */
  offset = 0;

  constructor(input: ByteInput) {
    this.#input = input;
  }

  get held(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  drop(count: number): void {
    this.#start += count;
    this.offset += count;
  }

  /** Reads on; false at the end of the file. */
  async more(): Promise<boolean> {
    this.#bytes.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    if (this.#end === this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    const count = await this.#input.read(this.#bytes.subarray(this.#end));
    this.#end += count ?? 0;
    return count !== null;
  }
}

async function readHeader(input: ByteInput, block: Block): Promise<RecordingHeader> {
  for (;;) {
    const read = readRecordingHeader(block.held, input.name);
    if (read.type === "done") {
      block.drop(read.headerBytes);
      return read.header;
    }
    if (!(await block.more())) {
      throw notARecording(input.name, `it ends after ${block.held.length} of at least ${read.bytes} header bytes`);
    }
  }
}

function createRun(input: ByteInput, block: Block, header: RecordingHeader): RecordingRun {
  const findings = new InputFindings();
  const counters = createRecordCounters();
  let isStopped = false;
  return {
    header,
    info: { bootId: header.bootId, host: header.host, method: "recording", findings: [] },
    async run(sink) {
      try {
        const damage = await readAll(block, counters, sink, () => isStopped, input.name);
        if (damage !== undefined) findings.add(damage);
        addCounterFindings(counters, input.name, findings);
      } finally {
        input.close();
      }
    },
    stop: () => void (isStopped = true),
    verdicts: () => {},
    losses: (): LossCounters => ({ items: { damaged: counters.badPayloads }, bytes: {} }),
    findings: () => findings.list(),
  };
}

/** Hands every whole record to the sink; gives what stopped the reading before the end of the file. */
async function readAll(
  block: Block,
  counters: RecordCounters,
  sink: SourceSink,
  isStopped: () => boolean,
  file: string,
): Promise<Finding | undefined> {
  const slice = new TimeSlice(sink);
  do {
    for (;;) {
      let isCut = false;
      const read = readRecords(block.held, counters, (fact) => {
        sink.raw(fact);
        isCut = isStopped() || slice.isOver();
        return !isCut;
      });
      block.drop(read.consumed);
      if (read.damage !== undefined) return toDamage(file, read.damage, block.offset);
      if (isStopped()) return undefined;
      if (!isCut) break;
      await slice.next();
    }
  } while (await block.more());
  return block.held.length === 0 ? undefined : toCut(file, block.held.length, block.offset);
}

function toDamage(file: string, damage: string, offset: number): Finding {
  return {
    code: "OISP-REC-002",
    severity: "error",
    what: `Cannot read ${file} beyond byte ${offset}: ${damage}`,
    why: "The file is damaged; everything before that place was read",
  };
}

function toCut(file: string, heldBytes: number, offset: number): Finding {
  return {
    code: "OISP-REC-003",
    severity: "error",
    what: `Cannot read the last ${heldBytes} bytes of ${file}: the file ends inside the record at byte ${offset}`,
    why: "The writer was stopped before it could finish; everything before that place was read",
  };
}

function addCounterFindings(counters: RecordCounters, file: string, findings: InputFindings): void {
  if (counters.badPayloads > 0) {
    findings.add({
      code: "OISP-REC-005",
      severity: "error",
      what: `Cannot read ${counters.badPayloads} records of ${file}: their contents are damaged`,
    });
  }
  if (counters.unknownKinds > 0) {
    findings.add({
      code: "OISP-REC-006",
      severity: "info",
      what: `Skipped ${counters.unknownKinds} records of ${file} of a kind this version does not know`,
    });
  }
}
