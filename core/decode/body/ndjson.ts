/**
 * One JSON document a line (NDJSON, JSON Lines).
 *
 * @see https://github.com/ndjson/ndjson-spec (read 2026-11-21)
 */
import type { BodyFormat } from "./body_format.ts";
import { DelimitedParser } from "./delimited.ts";

const TYPES =
  /^application\/(x-ndjson|ndjson|x-jsonlines|jsonlines|json-lines|jsonl|x-jsonl|stream\+json|x-json-stream)\s*(;|$)/;

/** JSON documents, one a line. */
export const ndjson: BodyFormat = {
  id: "ndjson",
  summary: "one JSON document a line",
  stability: "stable",
  specUrl: "https://github.com/ndjson/ndjson-spec",
  sniff: (contentType) => TYPES.test(contentType) ? 1 : 0,
  createParser: (sink) => new DelimitedParser(sink, 0x0a),
};
