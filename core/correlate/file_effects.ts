/**
 * Files that an agent's own process reads and writes for a call: the path that the call names says which call.
 *
 * State: 4,096 files that no call names, written while calls were open; oldest forgotten first.
 */
import type { DraftEvent } from "../model/draft.ts";
import { BoundedMap } from "./bounded_map.ts";
import { linkOwner, type Owner } from "./open_call.ts";
import type { OpenCalls } from "./open_calls.ts";

/** See the file's head. */
export class FileEffects {
  readonly #open: OpenCalls;
  readonly #written = new BoundedMap<string, true>(4_096);

  constructor(open: OpenCalls) {
    this.#open = open;
  }

  /** The call that names the file of an event; undefined when none does, or several do. */
  find({ event, processKey, timeNs }: DraftEvent): Owner | undefined {
    if (!("path" in event.data)) return undefined;
    const { path } = event.data;
    const isWrite = event.event_type === "file.write";
    const call = this.#open.findByPath(processKey, path);
    if (call === undefined) {
      if (isWrite && this.#open.names(processKey)) this.#written.set(`${processKey}\n${path}`, true);
      return undefined;
    }
    if (isWrite) call.wroteNs = timeNs;
    return { eventId: call.eventId, rule: "path_exact", confidence: 1 };
  }

  /** A file written under another name took the place of the one that a call names: that is the write it asked for, and told. */
  renamed(draft: DraftEvent): readonly DraftEvent[] {
    const { renamedFrom, isSilent: _, ...told } = draft;
    if (renamedFrom === undefined || !this.#written.has(`${draft.processKey}\n${renamedFrom}`)) return [];
    const owner = this.find(told);
    if (owner === undefined) return [];
    told.event.attrs = { ...told.event.attrs, renamed_from: renamedFrom };
    linkOwner(told, { ...owner, rule: "path_renamed" });
    return [told];
  }
}
