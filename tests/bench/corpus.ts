import { ROOT } from "../../scripts/paths.ts";
import { writeCorpusInput } from "./corpus_input.ts";
import { interleave, rateRows } from "./pipeline.ts";
import type { Bench } from "./row.ts";

const FLOOR = `${ROOT}/tests/bench/floor_documents.ts`;
/** Calls that tell an answer, out of all exchanges: the rest lists models, uploads files or is no call. */
const FEWEST_ANSWERS = 0.75;

/** Recorded exchanges of many formats to redacted JSON lines, interleaved with a floor program that knows no format. */
export const CORPUS: Bench = {
  id: "corpus",
  summary: "offline decode of the corpus, and the same against a floor program",
  reason: () => hasCorpus() ? undefined : "../shared/corpus is not there",
  run: async (context) => {
    const [path, output] = [`${context.folder}/corpus.jsonl`, `${context.folder}/corpus.out`];
    const input = await writeCorpusInput(path, context.isQuick ? 1 : 4);
    if (input === undefined) return [];
    const { costs, floors } = await interleave(context, FLOOR, path, output);
    const answers = (await Deno.readTextFile(output)).split(/"event_type":"ai\.(?:response|embedding)"/).length - 1;
    if (answers < FEWEST_ANSWERS * input.exchanges) {
      throw new Error(`${answers} of ${input.exchanges} answers came out`);
    }
    return rateRows("corpus", { count: input.exchanges, payload: input.payloadBytes }, costs, floors);
  },
};

function hasCorpus(): boolean {
  try {
    return Deno.statSync(`${ROOT}/../shared/corpus/exchanges.jsonl.gz`).isFile;
  } catch {
    return false;
  }
}
