import type { Command } from "../command.ts";
import { JSON_ANSWER } from "../shared_flags.ts";

/** `oisp status`. */
export const STATUS: Command = {
  id: "status",
  summary: "say which sensors run and how they are",
  stability: "stable",
  group: "capture",
  args: [],
  flags: [
    {
      name: "wait",
      value: { name: "DURATION", kind: "duration" },
      summary: "wait until a sensor has attached to everything it found",
    },
    JSON_ANSWER,
  ],
  details: ["Exit 0 when a sensor runs (with --wait: when it is ready in time), else 1."],
  examples: [{ line: "oisp status --wait 10s", says: "in a script, before the first call" }],
  load: () => import("../actions/status.ts"),
};
