import type { CaptureRun } from "../../core/capture/source.ts";
import type { InputExchange } from "../../core/model/input_exchange.ts";
import type { RawCapture, RawData } from "../../core/model/raw_capture.ts";

/** Everything a source gave. The bytes of data facts are copies. */
export interface SourceOutput {
  readonly facts: readonly RawCapture[];
  readonly exchanges: readonly InputExchange[];
}

/** Runs a source to its end. */
export async function collectSource(run: CaptureRun): Promise<SourceOutput> {
  const facts: RawCapture[] = [];
  const exchanges: InputExchange[] = [];
  await run.run({
    raw: (fact) => void facts.push(fact.kind === "data" ? { ...fact, bytes: fact.bytes.slice() } : fact),
    exchange: (input) => void exchanges.push(input),
  });
  return { facts, exchanges };
}

/** The data facts among `facts`. */
export function dataFacts(facts: readonly RawCapture[]): readonly RawData[] {
  return facts.filter((fact): fact is RawData => fact.kind === "data");
}
