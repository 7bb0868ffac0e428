import type { Command } from "../command.ts";
import { FILTER, JSON_ANSWER, PID, REDACTION, SCOPE, SERVER_SIDE } from "../shared_flags.ts";

/** `oisp tail`. */
export const TAIL: Command = {
  id: "tail",
  summary: "show events live, or those of a file",
  stability: "stable",
  group: "capture",
  args: [{ value: { name: "FILE", kind: "file" }, summary: "a file of events; - is stdin", isOptional: true }],
  flags: [
    {
      name: "sensor",
      value: PID,
      summary: "which sensor, when several run",
    },
    {
      name: "lines",
      short: "n",
      value: { name: "N", kind: "count" },
      summary: "stop after N events; with FILE: the last N",
    },
    { name: "follow", short: "f", summary: "with FILE: wait for more" },
    {
      name: "since",
      value: { name: "TIME", kind: "moment" },
      summary: "only events from then on: 5m (ago), 10:30, yesterday, 2026-11-21T10:30:00Z",
      details:
        "Of a running sensor: its last 4,096 events at most, then the live ones; a line on stderr says when it has no older ones. Without a zone the clock of this machine is meant.",
    },
    FILTER,
    { ...JSON_ANSWER, summary: "JSON lines on a terminal too" },
    REDACTION,
    ...SCOPE,
    SERVER_SIDE,
  ],
  details: [
    "On a terminal: one line an event. In a pipe: JSON lines from the first byte; a closed pipe ends it with 0.",
    "A line of FILE that is no event is left out and counted; then the exit code is 65.",
    "Joins the sensor that runs. When none runs and the rights are there it captures in this process; without rights it exits 77. Scope and redaction flags matter only then.",
  ],
  examples: [
    { line: "sudo oisp tail", says: "watch calls as they happen" },
    {
      line: "sudo oisp tail | jq 'select(.event_type==\"ai.response\") | .data.usage.total_tokens'",
      says: "tokens of each answer",
    },
    {
      line: "sudo oisp tail --since 10m --filter 'provider:openai and (tokens>1000 or not status:200)'",
      says: "some of them, also of the last ten minutes",
    },
    { line: "oisp tail -n 20 calls.jsonl", says: "the last 20 events of a file" },
  ],
  load: () => import("../actions/tail.ts"),
};
