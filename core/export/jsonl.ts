import * as v from "valibot";
import { FileSink, StreamSink } from "./byte_sink.ts";
import type { Exporter } from "./exporter.ts";
import { LineWriter } from "./line_writer.ts";
import { DestinationEntries, WholeNumber } from "./destination_config.ts";

const MIB = 1024 * 1024;

const JsonlConfig = v.strictObject({
  ...DestinationEntries,
  path: v.optional(v.pipe(v.string(), v.minLength(1), v.description("File to write, - for standard output")), "-"),
  append: v.optional(v.pipe(v.boolean(), v.description("Append; false starts anew by rename")), true),
  pretty: v.optional(v.pipe(v.boolean(), v.description("Indented JSON, several lines an event")), false),
  flush_each: v.optional(v.pipe(v.boolean(), v.description("Hand each event to the system by itself")), false),
  rotate_size_mb: v.optional(v.pipe(v.number(), v.gtValue(0), v.description("Put the file aside at this size"))),
  rotate_count: v.optional(v.pipe(WholeNumber, v.description("Files kept beside the current one")), 5),
});

/** Options of the JSON Lines destination. */
export type JsonlConfig = v.InferOutput<typeof JsonlConfig>;

/**
 * JSON Lines: one event a line (or indented with `pretty`), to a file or to standard output.
 *
 * @see https://jsonlines.org (read 2026-11-21)
 */
export const jsonl: Exporter<JsonlConfig> = {
  id: "jsonl",
  summary: "JSON Lines to a file, with rotation, or to standard output",
  stability: "stable",
  configSchema: JsonlConfig,
  open(options, { files, stdout }) {
    return Promise.resolve().then(() => {
      const rotation = options.rotate_size_mb === undefined
        ? undefined
        : { maxBytes: options.rotate_size_mb * MIB, keepCount: options.rotate_count };
      const sink = options.path === "-"
        ? new StreamSink(stdout)
        : new FileSink(files, options.path, options.append, rotation);
      return new LineWriter(sink, {
        maxItems: options.queue_events,
        maxBytes: options.queue_mb * MIB,
        maxBatch: options.flush_each ? 1 : 4096,
        toLine: options.pretty
          ? (event) => JSON.stringify(event, undefined, 2) + "\n"
          : (event) => JSON.stringify(event) + "\n",
      });
    });
  },
};
