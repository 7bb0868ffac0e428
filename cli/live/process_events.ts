/**
 * Which processes become events. Everything a process does is known to the pipeline (who sent a call, when it ended); an event of
 * its own it is only when somebody asked for that process, or when it calls a provider.
 */
import type { EbpfRun } from "../../core/capture/ebpf.ts";
import type { RedactedEvent } from "../../core/model/oisp_event.ts";
import type { RawCapture, RawProcess } from "../../core/model/raw_capture.ts";

/** `[capture] process`: none, those in scope and callers with what they start, or all. */
export type ProcessFamily = boolean | "all";

const MAX_PIDS = 65_536;

/** Marks the process facts of a capture that shall be no events. A recording keeps the marks, so a replay decides the same. */
export class ProcessEvents {
  readonly #family: ProcessFamily;
  readonly #isScoped: boolean;
  /** Processes that called a provider, and what they started since. */
  readonly #callers = new Set<number>();

  constructor(family: ProcessFamily, isScoped: boolean) {
    this.#family = family;
    this.#isScoped = isScoped;
  }

  /** Learns who calls providers. */
  observe(event: RedactedEvent): void {
    if (event.event_type === "ai.request" && event.process?.pid !== undefined) this.#add(event.process.pid);
  }

  /** Gives the same capture with its process facts marked. */
  wrap(capture: EbpfRun): EbpfRun {
    return {
      info: capture.info,
      sensor: capture.sensor,
      run: (sink) => {
        const { sliceEnd } = sink;
        return capture.run({
          raw: (fact) => sink.raw(this.mark(fact)),
          exchange: (input) => sink.exchange(input),
          ...(sliceEnd === undefined ? {} : { sliceEnd: () => sink.sliceEnd?.() }),
        });
      },
      stop: () => capture.stop(),
      verdicts: (batch) => capture.verdicts(batch),
      losses: () => capture.losses(),
      findings: () => capture.findings(),
    };
  }

  /** Gives the fact, marked when it is no event. */
  mark(fact: RawCapture): RawCapture {
    if (fact.kind !== "process" || this.#isEvent(fact)) return fact;
    return { ...fact, isBackground: true };
  }

  #isEvent(fact: RawProcess): boolean {
    const isCaller = this.#follow(fact);
    if (this.#family !== true) return this.#family === "all";
    return this.#isScoped || isCaller;
  }

  /** Whether it belongs to a caller; children of callers do from their fork on. */
  #follow(fact: RawProcess): boolean {
    const isCaller = this.#callers.has(fact.tgid) || (fact.ppid !== undefined && this.#callers.has(fact.ppid));
    if (!isCaller) return false;
    if (fact.state === "exit") this.#callers.delete(fact.tgid);
    else this.#add(fact.state === "fork" && fact.childTgid !== undefined ? fact.childTgid : fact.tgid);
    return true;
  }

  #add(pid: number): void {
    this.#callers.add(pid);
    if (this.#callers.size <= MAX_PIDS) return;
    for (const oldest of this.#callers) {
      this.#callers.delete(oldest);
      break;
    }
  }
}
