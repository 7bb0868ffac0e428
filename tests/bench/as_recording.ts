import { records } from "../../core/capture/records.ts";
import { createRecordingFile } from "../../core/capture/recording_file.ts";
import { createPipeline } from "../../core/pipeline/pipeline.ts";
import { createRecordingTap } from "../../core/pipeline/recording_tap.ts";

/** Writes captured bytes, which are given as text lines, as a recording. */
export async function recordFile(input: string, recording: string): Promise<void> {
  const recorder = createRecordingTap(createRecordingFile(recording), { bootId: "bench", host: {} });
  const source = await records.open({ from: input });
  const pipeline = createPipeline({ source, destinations: [], taps: [NO_TAP], recorder, collectorVersion: "bench" });
  await pipeline.run();
}

/** A redactor wants one mode at least. */
const NO_TAP = { mode: "minimal", take: () => {} } as const;
