import type { Command } from "../command.ts";
import {
  APPEND,
  CHECK_LATER,
  FILTER,
  OUTPUT,
  RECORD,
  REDACTION,
  REPORT,
  STREAMING_CHUNKS,
  WEB_LATER,
} from "../shared_flags.ts";

/** `oisp run`. */
export const RUN: Command = {
  id: "run",
  summary: "run a command and capture its calls and those of everything it starts",
  stability: "stable",
  group: "capture",
  args: [],
  takesCommand: true,
  flags: [
    OUTPUT,
    APPEND,
    FILTER,
    REDACTION,
    RECORD,
    REPORT,
    STREAMING_CHUNKS,
    {
      name: "as-root",
      summary: "under sudo: do not give the command back to the caller",
      details:
        "Without it the command gets the user, the groups and the environment sudo was started with, and PATH is searched as the caller would.",
    },
    {
      name: "wait-attach",
      summary: "stop a process for the moment in which a library that it loads late is attached",
      configKey: "capture.wait_attach",
      details: "A process that is stopped goes on by itself when the sensor ends, however it ends.",
    },
    {
      name: "best-effort",
      summary: "start the command even when capture is not possible",
      details: "The reason is printed and stands in the report. Without it the command is not started (exit 69 or 77).",
    },
    ...CHECK_LATER,
    ...WEB_LATER,
  ],
  details: [
    "Probes are attached before the first instruction of the command, so its first call is captured. The command keeps its terminal, arguments, environment and exit code; Ctrl-C reaches it once.",
    "Events go to -o FILE. Without it and without an enabled export only the summary at the end is printed.",
  ],
  examples: [
    { line: "sudo oisp run -o calls.jsonl -- python3 my_agent.py", says: "capture a program into a file" },
    { line: "sudo oisp run --report json=calls.json -- npm test", says: "count calls, tokens and cost in CI" },
  ],
  load: () => import("../actions/run.ts"),
};
