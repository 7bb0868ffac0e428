import type { Command } from "../command.ts";
import { APPEND, FILTER, OUTPUT, REDACTION, REPORT, STREAMING_CHUNKS } from "../shared_flags.ts";

/** `oisp replay`. */
export const REPLAY: Command = {
  id: "replay",
  summary: "make the events of a recording again",
  stability: "stable",
  group: "offline",
  args: [{ value: { name: "FILE", kind: "file" }, summary: "a .oispcap recording" }],
  flags: [OUTPUT, APPEND, FILTER, REDACTION, REPORT, STREAMING_CHUNKS],
  details: [
    "The same events as live, ids included, on any machine and without rights. On a terminal: one line an event; in a pipe or with -o: JSON lines.",
  ],
  examples: [{ line: "oisp replay recording.oispcap | jq .", says: "a recording as JSON" }],
  load: () => import("../actions/replay.ts"),
};
