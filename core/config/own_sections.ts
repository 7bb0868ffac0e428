/** Sections that belong to no plug-in: what the sensor is called, what it captures, how it redacts. */
import * as v from "valibot";
import type { ConfigSection } from "./section.ts";
import { key, laterKey, Positive, Redaction, Text, Whole } from "./value_kinds.ts";

const PowerOfTwo = v.check<number>((count) => Number.isInteger(Math.log2(count)));
const Family = v.union([v.boolean(), v.literal("all")]);

/** Schema of `[sensor]`. */
export const SensorSchema = v.strictObject({
  name: v.optional(key(Text, "name in source.sensor_name of every event; default: none", { example: "build-7" })),
  log_level: laterKey(
    v.picklist(["error", "warn", "info", "debug"]),
    "how much is said on stderr; today -q and -v say it",
  ),
});

/** Schema of `[capture]`. */
export const CaptureSchema = v.strictObject({
  ssl: v.optional(key(v.boolean(), "capture TLS libraries"), true),
  process: v.optional(
    key(Family, 'process.* events: true is processes in scope, callers and what they start, "all" the machine'),
    true,
  ),
  file: laterKey(Family, "file.* events"),
  network: laterKey(Family, "network.* events"),
  pids: v.optional(key(v.array(Whole), "only these processes; empty: all"), []),
  exes: v.optional(key(v.array(Text), "only programs whose path matches one of these globs; empty: all"), []),
  uids: v.optional(key(v.array(Whole), "only processes of these users; empty: all"), []),
  server_side: v.optional(key(v.boolean(), "also capture calls that programs here answer"), false),
  streaming_chunks: v.optional(key(v.boolean(), "also emit ai.streaming_chunk events"), false),
  wait_attach: v.optional(
    key(v.boolean(), "in run: stop a process for the moment in which a library that it loads late is attached"),
    false,
  ),
  attach: v.optional(
    key(v.picklist(["auto", "perf_event"]), "how probes are attached; auto takes uprobe.multi where the kernel has it"),
    "auto",
  ),
  ring_kb: v.optional(
    key(
      v.pipe(Positive, v.minValue(64), v.maxValue(1048576), PowerOfTwo),
      "payload ring in the kernel, in KiB, a power of two",
    ),
    32768,
  ),
  memory_mb: v.optional(key(v.pipe(Positive, v.minValue(8), v.maxValue(65536)), "limit of decoding, in MiB"), 128),
});

/** Schema of `[redaction]`. */
export const RedactionSchema = v.strictObject({
  mode: v.optional(key(Redaction, "safe, masked, minimal or full; per destination: redaction in [export.*]"), "safe"),
  hash_key: v.optional(
    key(Text, "key of original_hash, to compare between installations; default: one made at the first start", {
      isSecret: true,
      example: "...",
    }),
  ),
});

/** Schema of the top of the file: defaults of every destination that batches. */
export const TopSchema = v.strictObject({
  batch_size: laterKey(Positive, "events a batch, for every destination that does not say it itself"),
  flush_interval_ms: laterKey(
    Positive,
    "longest time an event waits, for every destination that does not say it itself",
  ),
});

/** Sections of the program itself, in the order of `oisp config init`. */
export const OWN_SECTIONS: readonly ConfigSection[] = [
  { path: "", summary: "Top of the file", schema: TopSchema },
  { path: "sensor", summary: "This sensor", schema: SensorSchema },
  { path: "capture", summary: "What is captured", schema: CaptureSchema },
  { path: "redaction", summary: "What is shown of contents", schema: RedactionSchema },
];
