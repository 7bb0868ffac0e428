import type { StoryContext } from "../model/draft.ts";

/** Deepest chain of parents that is climbed. */
const MAX_DEPTH = 32;

/** The program runs above one, nearest first, as far as they are known. */
export function* ancestors(processKey: number, context: StoryContext): Generator<number> {
  let key = context.processes.find(processKey)?.parentKey;
  for (let depth = 0; key !== undefined && key !== 0 && depth < MAX_DEPTH; depth++) {
    yield key;
    key = context.processes.find(key)?.parentKey;
  }
}
