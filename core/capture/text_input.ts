import type { LossCounters } from "../model/loss.ts";
import { type ByteInput, type InputFrom, openByteInput } from "./byte_input.ts";
import { InputFindings } from "./input_findings.ts";
import type { CaptureRun, SourceSink } from "./source.ts";

/** Options of the sources that read text. */
export interface TextInputOptions {
  /** Path, `-` for standard input, or the bytes themselves. */
  readonly from: InputFrom;
}

/** Reads a text input to its end, or until `isStopped` says so. */
export type TextReader = (
  input: ByteInput,
  sink: SourceSink,
  findings: InputFindings,
  isStopped: () => boolean,
) => Promise<void>;

/**
 * Opens a text and gives the run that reads it. A text tells nothing of the machine it was captured on, loses nothing and takes
 * no verdicts.
 *
 * @throws {FindingError} when the input cannot be opened
 */
export async function openTextInput(
  method: CaptureRun["info"]["method"],
  { from }: TextInputOptions,
  read: TextReader,
): Promise<CaptureRun> {
  const input = await openByteInput(from);
  const findings = new InputFindings();
  let isStopped = false;
  return {
    info: { bootId: method, host: {}, method, findings: [] },
    async run(sink) {
      try {
        await read(input, sink, findings, () => isStopped);
      } finally {
        input.close();
      }
    },
    stop: () => void (isStopped = true),
    verdicts: () => {},
    losses: (): LossCounters => ({ items: {}, bytes: {} }),
    findings: () => findings.list(),
  };
}
