import type { Command } from "../command.ts";
import {
  APPEND,
  FILTER,
  OUTPUT,
  RECORD,
  REDACTION,
  REPORT,
  SCOPE,
  SERVER_SIDE,
  STREAMING_CHUNKS,
  WEB_LATER,
} from "../shared_flags.ts";

/** `oisp record`. */
export const RECORD_COMMAND: Command = {
  id: "record",
  summary: "capture the calls of the whole machine until Ctrl-C",
  stability: "stable",
  group: "capture",
  args: [],
  flags: [
    OUTPUT,
    APPEND,
    FILTER,
    REDACTION,
    RECORD,
    REPORT,
    STREAMING_CHUNKS,
    {
      name: "duration",
      value: { name: "DURATION", kind: "duration" },
      summary: "stop after this time, for example 30s",
    },
    ...SCOPE,
    SERVER_SIDE,
    ...WEB_LATER,
  ],
  details: [
    "On a terminal and without -o: one line an event, and a session file in the state directory whose path is printed. In a pipe: JSON lines on stdout.",
    "Enabled [export.*] sections of the configuration receive the events as well.",
  ],
  examples: [
    { line: "sudo oisp record", says: "watch the machine" },
    { line: "sudo oisp record -o - | jq .", says: "events as JSON" },
    { line: "sudo oisp record --duration 30s --exe '*/python3*' -o calls.jsonl", says: "30 s of one program" },
  ],
  load: () => import("../actions/record.ts"),
};
