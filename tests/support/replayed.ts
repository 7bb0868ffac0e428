/** Pieces of connections, recorded while they are decoded, and replayed. */
import { Buffer } from "node:buffer";
import { recording } from "../../core/capture/recording.ts";
import type { RecordingTarget } from "../../core/capture/recording_file.ts";
import { createRecordingTap } from "../../core/pipeline/recording_tap.ts";
import { type Piece, toRecords } from "./chat_bytes.ts";
import { type PipelineOutput, runPipeline, runRecords } from "./run_pipeline.ts";

/** A recording in memory. */
export class MemoryTarget implements RecordingTarget {
  bytes = new Uint8Array();
  #at = 0;
  writeSync(bytes: Uint8Array): number {
    const end = this.#at + bytes.length;
    if (end > this.bytes.length) {
      const larger = new Uint8Array(end);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(bytes, this.#at);
    this.#at = end;
    return bytes.length;
  }
  seekSync(offset: number, whence: Deno.SeekMode): number {
    return this.#at = whence === Deno.SeekMode.End ? this.bytes.length + offset : offset;
  }
  close(): void {}
  get text(): string {
    return Buffer.from(this.bytes).toString("latin1");
  }
}

/** What a recorded run and its replay gave. */
export interface Replayed {
  readonly target: MemoryTarget;
  readonly tap: ReturnType<typeof createRecordingTap>;
  readonly live: PipelineOutput["events"];
  readonly replayed: PipelineOutput["events"];
  readonly findings: PipelineOutput["result"]["findings"];
}

/** Decodes the pieces, records them meanwhile, and replays the recording. */
export async function record(pieces: readonly Piece[]): Promise<Replayed> {
  const target = new MemoryTarget();
  const tap = createRecordingTap(target, { bootId: "records", host: {} });
  const live = await runRecords(toRecords(pieces), "full", { recorder: tap });
  const replayed = await runPipeline(await recording.open({ from: target.bytes }));
  return { target, tap, live: live.events, replayed: replayed.events, findings: replayed.result.findings };
}
