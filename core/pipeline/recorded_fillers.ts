import { type RawData, RECEIVED, RecordFlag, SENT } from "../model/raw_capture.ts";
import { requestFiller, responseFiller } from "./filler.ts";
import type { RecordedExchange } from "./recorded_exchange.ts";
import { extend, type Range, toFillerRecord } from "./recorded_range.ts";

/** Messages without a model call that are remembered as fillers for the next one that is. */
const MAX_FILLERS = 16_384;
/** Bytes of blanked records in the file, or remembered for it, from one model call to the next. */
const MAX_BLANK_BYTES = 32 * 1024;

/** What stands in the file for what is left out: a record of that time, made when it is needed. */
interface Filler {
  readonly timeNs: number;
  toRecords(fact: RawData, asked: 1 | 2, answered: 1 | 2): Uint8Array[];
}

/** What stands in the file for what a connection said before its next model call. */
export class RecordedFillers {
  #fillers: Filler[] = [];
  #blankBytes = 0;
  /** Answers to requests that could not be read: left out, but their bytes are accounted for. */
  #stray: Range = { from: -1, to: -1 };

  /** True when nothing waits. */
  get isEmpty(): boolean {
    return this.#fillers.length === 0;
  }

  /** Whether so many bytes of records may be blanked instead of left out; counts them. */
  mayBlank(bytes: number): boolean {
    if (this.#blankBytes + bytes > MAX_BLANK_BYTES) return false;
    this.#blankBytes += bytes;
    return true;
  }

  /** Adds a blanked record. */
  addBlank(timeNs: number, bytes: Uint8Array): void {
    this.#add({ timeNs, toRecords: () => [bytes] });
  }

  /** Adds a part of an answer that nothing stands for. */
  addStray(range: Range): void {
    extend(this.#stray, range);
  }

  /** Adds a request, once. Also one that has no answer yet counts: it gives those behind it their number. */
  addRequest(item: RecordedExchange): void {
    const { request } = item.exchange;
    if (item.isRequestFilled || request.completeness === "in_flight") return;
    item.isRequestFilled = true;
    this.#add({
      timeNs: request.firstByteNs,
      toRecords: (fact, asked) => toFillerRecord(fact, asked, item.sent, requestFiller, item.sent.lossFlag),
    });
  }

  /** Adds an exchange that is over. */
  addExchange(item: RecordedExchange): void {
    this.addRequest(item);
    const { exchange: { request, response }, received } = item;
    this.#add({
      timeNs: response?.firstByteNs ?? request.lastByteNs,
      toRecords: (fact, _asked, answered) =>
        toFillerRecord(fact, answered, received, responseFiller, received.lossFlag),
    });
  }

  /** Gives the records in order of time, with the header facts of `fact`; nothing waits any more. */
  take(fact: RawData, isServerSide: boolean): Uint8Array[] {
    const [fillers, stray] = [this.#fillers, this.#stray];
    this.#fillers = [];
    this.#stray = { from: -1, to: -1 };
    this.#blankBytes = 0;
    const [asked, answered] = isServerSide ? [RECEIVED, SENT] as const : [SENT, RECEIVED] as const;
    fillers.sort((a, b) => a.timeNs - b.timeNs);
    const records = fillers.flatMap((filler) =>
      filler.toRecords({ ...fact, entryNs: filler.timeNs, returnNs: filler.timeNs }, asked, answered)
    );
    // What it answers was not read: no request that is there may take it for its own.
    return [...records, ...toFillerRecord(fact, answered, stray, responseFiller, RecordFlag.otherLost)];
  }

  #add(filler: Filler): void {
    if (this.#fillers.length < MAX_FILLERS) this.#fillers.push(filler);
  }
}
