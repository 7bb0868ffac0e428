import type { Command } from "../command.ts";
import { APPEND, OUTPUT, REDACTION } from "../shared_flags.ts";

/** `oisp redact`. */
export const REDACT: Command = {
  id: "redact",
  summary: "redact events or any text",
  stability: "stable",
  group: "offline",
  args: [{ value: { name: "FILE", kind: "file" }, summary: "input; - or nothing is stdin", isOptional: true }],
  flags: [
    REDACTION,
    OUTPUT,
    APPEND,
    {
      name: "as",
      value: { name: "FORMAT", kind: "choice", choices: ["auto", "events", "text"] },
      summary: "what the input is",
      defaultText: "auto",
      details: "auto: a line that is an OISP event is redacted as an event, every other text as text.",
    },
  ],
  details: [
    "Secrets and personal data are replaced by [REDACTED:<rule>]. In `safe` and `minimal` events lose their contents as well. `full` changes nothing.",
  ],
  examples: [
    { line: "oisp redact < server.log", says: "a log without secrets" },
    { line: "oisp redact --redaction safe masked.jsonl > safe.jsonl", says: "events at a stricter level" },
  ],
  load: () => import("../actions/redact.ts"),
};
