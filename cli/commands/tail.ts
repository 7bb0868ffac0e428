import type { Command } from "../command.ts";
import { JSON_ANSWER, REDACTION, SCOPE, SERVER_SIDE } from "../shared_flags.ts";

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
      value: { name: "PID", kind: "count" },
      summary: "which sensor, when several run",
    },
    {
      name: "lines",
      short: "n",
      value: { name: "N", kind: "count" },
      summary: "stop after N events; with FILE: the last N",
    },
    { name: "follow", short: "f", summary: "with FILE: wait for more" },
    { ...JSON_ANSWER, summary: "JSON lines on a terminal too" },
    REDACTION,
    ...SCOPE,
    SERVER_SIDE,
    {
      name: "filter",
      value: { name: "EXPRESSION", kind: "text" },
      summary: "only matching events",
      later: { answer: "refuse", subject: "Filtering events (use jq 'select(...)' meanwhile)" },
    },
  ],
  details: [
    "On a terminal: one line an event. In a pipe: JSON lines from the first byte; a closed pipe ends it with 0.",
    "Joins the sensor that runs. When none runs and the rights are there it captures in this process; without rights it exits 77. Scope and redaction flags matter only then.",
  ],
  examples: [
    { line: "sudo oisp tail", says: "watch calls as they happen" },
    {
      line: "sudo oisp tail | jq 'select(.event_type==\"ai.response\") | .data.usage.total_tokens'",
      says: "tokens of each answer",
    },
    { line: "oisp tail -n 20 calls.jsonl", says: "the last 20 events of a file" },
  ],
  load: () => import("../actions/tail.ts"),
};
