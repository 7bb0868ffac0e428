import { BoundedMap } from "../correlate/bounded_map.ts";
import type { ProcessFacts, ProcessLookup } from "../model/process.ts";
import type { RawProcess } from "../model/raw_capture.ts";

const MAX_PROGRAMS = 32_768;

/**
 * What is known of each program run, merged from process facts. Holds the latest 16,384 to 32,768; program runs that ended are kept until
 * they are pushed out, because their last bytes may still be on the way.
 */
export class ProcessTable implements ProcessLookup {
  readonly #programs = new BoundedMap<number, ProcessFacts>(MAX_PROGRAMS);

  find(processKey: number): ProcessFacts | undefined {
    return this.#programs.get(processKey);
  }

  /** Takes a fact in. */
  take(fact: RawProcess): void {
    if (fact.processKey !== 0) this.#merge(fact.processKey, fact);
    if (fact.state === "fork" && fact.childKey !== undefined && fact.childTgid !== undefined) this.#fork(fact);
  }

  /** Program runs known right now. */
  get size(): number {
    return this.#programs.size;
  }

  #fork(fact: RawProcess): void {
    const parent = this.#programs.get(fact.processKey);
    const { childKey = 0, childTgid = 0 } = fact;
    // The child runs its parent's program until it execs; what belongs to the fork itself is not inherited.
    const { childKey: _key, childTgid: _tgid, startNs: _start, ...program } = parent ?? fact;
    this.#programs.set(childKey, {
      ...program,
      tgid: childTgid,
      tid: childTgid,
      ppid: fact.tgid,
      parentKey: fact.processKey,
      processKey: childKey,
    });
  }

  #merge(processKey: number, fact: RawProcess): void {
    const { kind: _kind, state: _state, seq: _seq, entryNs: _entry, returnNs: _return, connId: _conn, ...facts } = fact;
    this.#programs.set(processKey, { ...this.#programs.get(processKey), ...facts });
  }
}
