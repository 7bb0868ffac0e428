/** Capture facts that are events of their own: losses, coverage, processes, files, name look-ups. */
import type { DraftEvent } from "../model/draft.ts";
import { toEventId } from "../model/ids.ts";
import type { EventOf, EventType, OispEvent } from "../model/oisp_event.ts";
import type { RawCapture, RawCoverage, RawDns, RawFile, RawLoss, RawProcess } from "../model/raw_capture.ts";
import { toDurationMs, toEpochUs, toTimestamp } from "../model/time.ts";
import type { DecodeClock } from "./call_stage_types.ts";

/** Losses of one reason and connection within this time become one event. */
const LOSS_WINDOW_NS = 1e9;
/** Most coverage facts that are remembered, to tell each once. */
const MAX_COVERAGE = 4096;

const WHOLE: OispEvent["confidence"] = Object.freeze({ level: "high", completeness: "full" });
/** The kernel hands over the beginning of a command line; the rest is gone with its process. */
const ARGUMENTS_CUT: OispEvent["confidence"] = Object.freeze({
  level: "high",
  completeness: "partial",
  missing: ["args"],
  reasons: ["args_cut"],
});

interface OpenLoss {
  readonly first: RawLoss;
  bytes: number;
  items: number;
}

type Fact = RawCoverage | RawDns | RawFile | RawLoss | RawProcess;
type DataOf<T extends EventType> = EventOf<T>["data"];

/** Makes drafts of capture facts. */
export class CaptureFacts {
  readonly #losses = new Map<string, OpenLoss>();
  readonly #coverage = new Set<string>();
  readonly #bootId: string;
  readonly #clock: DecodeClock;
  readonly #emit: (draft: DraftEvent) => void;

  constructor(bootId: string, clock: DecodeClock, emit: (draft: DraftEvent) => void) {
    this.#bootId = bootId;
    this.#clock = clock;
    this.#emit = emit;
  }

  /** Takes a fact that is no byte of a connection. Others give nothing. */
  fact(fact: RawCapture): void {
    switch (fact.kind) {
      case "loss":
        return this.#loss(fact);
      case "coverage":
        return this.#cover(fact);
      case "process":
        return this.#process(fact);
      case "file":
        return this.#file(fact);
      case "dns":
        return this.#dns(fact);
      default:
    }
  }

  /** Gives the losses whose window is over. */
  advance(nowNs: number): void {
    for (const [key, loss] of this.#losses) {
      if (nowNs - loss.first.returnNs < LOSS_WINDOW_NS) continue;
      this.#losses.delete(key);
      this.#tellLoss(loss);
    }
  }

  /** Gives all losses that wait. */
  close(): void {
    for (const loss of this.#losses.values()) this.#tellLoss(loss);
    this.#losses.clear();
  }

  #loss(fact: RawLoss): void {
    // Bytes left out on purpose are in the account; an event for each host that is not asked for would be noise.
    if (fact.skipped === true) return;
    const key = `${fact.reason} ${fact.connId}`;
    const open = this.#losses.get(key);
    if (open === undefined) this.#losses.set(key, { first: fact, bytes: fact.lostBytes, items: 1 });
    else {
      open.bytes += fact.lostBytes;
      open.items++;
    }
  }

  #tellLoss({ first, bytes, items }: OpenLoss): void {
    const data: DataOf<"sensor.loss"> = { reason: first.reason, bytes, items };
    if (first.connId !== 0) data.connection_id = first.connId;
    this.#tell("sensor.loss", first, first.returnNs, data);
  }

  #cover(fact: RawCoverage): void {
    const { reason, covered, exe, library, host, detail, fix, delayMs } = fact;
    const key = JSON.stringify([reason, covered, exe, library, host]);
    if (this.#coverage.has(key) || this.#coverage.size >= MAX_COVERAGE) return;
    this.#coverage.add(key);
    const data: DataOf<"sensor.coverage"> = { reason, covered };
    if (exe !== undefined) data.exe = exe;
    if (library !== undefined) data.library = library;
    if (host !== undefined) data.host = host;
    if (detail !== undefined) data.detail = detail;
    if (fix !== undefined) data.fix = fix;
    if (delayMs !== undefined) data.delay_ms = delayMs;
    this.#tell("sensor.coverage", fact, fact.returnNs, data);
  }

  #process(fact: RawProcess): void {
    // That an agent was started is told with its session, also where its start is no event.
    if (fact.state === "exec") this.#exec(fact);
    else if (fact.isBackground === true) return;
    else if (fact.state === "exit") this.#exit(fact);
    else if (fact.state === "fork" && fact.childTgid !== undefined) {
      this.#tell("process.fork", fact, fact.returnNs, { pid: fact.tgid, child_pid: fact.childTgid });
    }
  }

  #exec(fact: RawProcess): void {
    const data: DataOf<"process.exec"> = { pid: fact.tgid };
    if (fact.ppid !== undefined) data.ppid = fact.ppid;
    if (fact.exe !== undefined) data.exe = fact.exe;
    if (fact.args !== undefined) data.args = fact.args.slice(1);
    if (fact.cwd !== undefined) data.cwd = fact.cwd;
    this.#tell("process.exec", fact, fact.returnNs, data, fact.argsCut === true ? ARGUMENTS_CUT : WHOLE);
  }

  #exit(fact: RawProcess): void {
    const data: DataOf<"process.exit"> = { pid: fact.tgid };
    if (fact.exitCode !== undefined) data.exit_code = fact.exitCode;
    if (fact.signal !== undefined && fact.signal !== 0) data.signal = fact.signal;
    if (fact.startNs !== undefined) data.runtime_ms = toDurationMs(fact.startNs, fact.returnNs);
    this.#tell("process.exit", fact, fact.returnNs, data);
  }

  #file(fact: RawFile): void {
    const type = FILE_EVENTS[fact.operation];
    if (type === undefined) return this.#rename(fact);
    const data: DataOf<"file.write"> = { path: fact.path, related_process_pid: fact.tgid };
    if (fact.bytes !== undefined) data.size = fact.bytes;
    if (fact.flagNames !== undefined) data.flags = [...fact.flagNames];
    this.#tell(type, fact, fact.returnNs, data);
  }

  /** No event of its own, but what an editor does last: it writes another file and puts that in the place of the first. */
  #rename(fact: RawFile): void {
    if (fact.newPath === undefined) return;
    this.#tell("file.write", fact, fact.returnNs, { path: fact.newPath, related_process_pid: fact.tgid });
  }

  #dns(fact: RawDns): void {
    const data: DataOf<"network.dns"> = { query: fact.name, query_type: fact.queryType };
    if (fact.answers !== undefined) data.answers = [...fact.answers];
    if (fact.latencyMs !== undefined) data.latency_ms = fact.latencyMs;
    this.#tell("network.dns", fact, fact.returnNs, data);
  }

  #tell<T extends EventType>(
    type: T,
    fact: Fact,
    timeNs: number,
    data: DataOf<T>,
    confidence: OispEvent["confidence"] = WHOLE,
  ): void {
    const timeUs = toEpochUs(timeNs, this.#clock.offsetUs);
    const event = {
      oisp_version: "0.1",
      event_id: toEventId(timeUs, {
        bootId: this.#bootId,
        processKey: fact.processKey,
        connId: fact.connId,
        ordinal: fact.seq,
        eventType: type,
        index: 0,
      }),
      event_type: type,
      timestamp: toTimestamp(timeUs),
      confidence,
      data,
      // The pairing of type and data is given by this method's own type parameter, which the union cannot see.
    } as OispEvent;
    const { processKey } = fact;
    if (fact.kind === "file" && fact.operation === "rename") {
      return this.#emit({ event, timeNs, processKey, isSilent: true, renamedFrom: fact.path });
    }
    const isSilent = fact.kind === "process" && fact.isBackground === true;
    this.#emit({ event, timeNs, processKey, ...(isSilent && { isSilent }) });
  }
}

/** The published types; deleting and renaming have none. */
const FILE_EVENTS: Partial<Record<RawFile["operation"], "file.open" | "file.read" | "file.write" | "file.close">> = {
  open: "file.open",
  read: "file.read",
  write: "file.write",
  close: "file.close",
};
