import type { CaptureRun } from "../../core/capture/source.ts";
import { records } from "../../core/capture/records.ts";
import type { OispEvent, RedactedEvent, RedactionMode } from "../../core/model/oisp_event.ts";
import type { RawCapture } from "../../core/model/raw_capture.ts";
import { createPipeline, type PipelineOptions, type PipelineResult } from "../../core/pipeline/pipeline.ts";

/** What a run of the whole pipeline gave. */
export interface PipelineOutput {
  readonly events: readonly RedactedEvent[];
  readonly result: PipelineResult;
}

/** Runs a source through the whole pipeline and keeps every event. */
export async function runPipeline(
  source: CaptureRun,
  mode: RedactionMode = "full",
  options: Partial<PipelineOptions> = {},
): Promise<PipelineOutput> {
  const events: RedactedEvent[] = [];
  const pipeline = createPipeline({
    source,
    destinations: [],
    collectorVersion: "0.0.0",
    ...options,
    taps: [{ mode, take: (event) => void events.push(event) }, ...(options.taps ?? [])],
  });
  return { result: await pipeline.run(), events };
}

/** Runs text of `--from records` through the whole pipeline. */
export async function runRecords(
  text: string,
  mode: RedactionMode = "full",
  options: Partial<PipelineOptions> = {},
): Promise<PipelineOutput> {
  return await runPipeline(await records.open({ from: new TextEncoder().encode(text) }), mode, options);
}

/** A source that gives these facts. */
export function factSource(facts: readonly RawCapture[], method: CaptureRun["info"]["method"] = "ebpf"): CaptureRun {
  return {
    info: { bootId: "boot", host: {}, method, findings: [] },
    async run(sink) {
      for (const fact of facts) {
        sink.raw(fact);
        await sink.sliceEnd?.();
      }
    },
    stop: () => {},
    verdicts: () => {},
    losses: () => ({ items: {}, bytes: {} }),
    findings: () => [],
  };
}

/** Events without what may differ between two ways to the same bytes: how they were captured. */
export function comparable(events: readonly OispEvent[]): unknown[] {
  return events.map(({ source: _source, ...rest }) => rest);
}
