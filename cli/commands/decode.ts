import type { Command } from "../command.ts";
import { APPEND, FILTER, OUTPUT, REDACTION, REPORT, STREAMING_CHUNKS } from "../shared_flags.ts";

/** `oisp decode`. */
export const DECODE: Command = {
  id: "decode",
  summary: "make events from exchanges, HAR files or captured bytes as text",
  stability: "stable",
  group: "offline",
  args: [{ value: { name: "FILE", kind: "file" }, summary: "input; - is stdin", isOptional: true }],
  flags: [
    {
      name: "from",
      value: { name: "FORMAT", kind: "choice", choices: ["exchanges", "har", "records"] },
      summary: "what FILE is",
      details:
        "exchanges: one HTTP exchange a line; har: a HAR file of a browser or proxy; records: captured bytes, one JSON object a line. A name that ends in .har is HAR; else the flag is needed.",
    },
    OUTPUT,
    APPEND,
    FILTER,
    REDACTION,
    REPORT,
    STREAMING_CHUNKS,
  ],
  details: ["Events are JSON lines on stdout, or in -o FILE. Needs no rights and no native library."],
  examples: [
    { line: "oisp decode --from har session.har | jq .", says: "what a browser sent" },
    { line: "oisp decode --from exchanges --redaction masked - < exchanges.jsonl", says: "from stdin" },
  ],
  load: () => import("../actions/decode.ts"),
};
