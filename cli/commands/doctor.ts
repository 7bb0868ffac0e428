import type { Command } from "../command.ts";
import { JSON_ANSWER, PID } from "../shared_flags.ts";

/** `oisp doctor`. */
export const DOCTOR: Command = {
  id: "doctor",
  summary: "check what can be captured here, and say why not",
  stability: "stable",
  group: "capture",
  args: [],
  flags: [
    {
      name: "pid",
      value: PID,
      summary: "explain one process: its TLS libraries and whether they are captured",
    },
    JSON_ANSWER,
    {
      name: "bundle",
      summary: "write an archive for a bug report",
      later: { answer: "refuse", subject: "The bundle for bug reports" },
    },
    {
      name: "coverage",
      summary: "coverage of every process that talks to a provider",
      later: { answer: "refuse", subject: "The coverage report" },
    },
  ],
  details: [
    "Kernel features are tried, not read from version numbers. Works without rights and changes nothing. Exit 1 when something blocks capture.",
  ],
  examples: [
    { line: "oisp doctor", says: "can it capture here" },
    { line: "sudo oisp doctor --pid 4121", says: "why one program is not seen" },
  ],
  load: () => import("../actions/doctor.ts"),
};
