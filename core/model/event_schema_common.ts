import * as v from "valibot";

/** A text that `safe` redaction replaced by its length (UTF-8 bytes) and hash; short texts carry no hash. */
export const ContentDigest = v.strictObject({
  content_length: v.pipe(v.number(), v.integer(), v.minValue(0)),
  content_hash: v.optional(v.string()),
});

/** Free text: itself, or its digest after `safe` redaction. */
export const Text = v.union([v.string(), ContentDigest]);

/** A whole number that is never negative. */
export const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** A number that is never negative. */
export const Amount = v.pipe(v.number(), v.minValue(0));

/** A JSON value after redaction; objects and arrays keep their shape. */
export const JsonValue = v.unknown();

/** Machine that captured. */
export const Host = v.strictObject({
  hostname: v.optional(v.string()),
  os: v.optional(v.string()),
  os_version: v.optional(v.string()),
  kernel_version: v.optional(v.string()),
  arch: v.optional(v.string()),
  device_id: v.optional(v.string()),
  container: v.optional(v.record(v.string(), JsonValue)),
  k8s: v.optional(v.record(v.string(), JsonValue)),
});

/** User that ran the program. */
export const Actor = v.strictObject({
  uid: v.optional(Count),
  username: v.optional(v.string()),
  gid: v.optional(Count),
  session_id: v.optional(v.string()),
});

/** Program that made the call. */
export const Process = v.strictObject({
  pid: v.optional(Count),
  ppid: v.optional(Count),
  name: v.optional(v.string()),
  exe: v.optional(v.string()),
  cmdline: v.optional(v.array(Text)),
  cwd: v.optional(v.string()),
});

/** Application the program belongs to. */
export const App = v.strictObject({
  id: v.optional(v.string()),
  name: v.optional(v.string()),
  tier: v.picklist(["unknown", "identified", "profiled"]),
  category: v.optional(v.string()),
  version: v.optional(v.string()),
  vendor: v.optional(v.string()),
});

/** Browser page a web application's call came from. */
export const Web = v.strictObject({
  origin: v.optional(v.string()),
  referer: v.optional(v.string()),
  web_app_id: v.optional(v.string()),
  web_app_name: v.optional(v.string()),
  web_app_type: v.optional(v.picklist(["direct", "embedded"])),
});

/** What collected the event and how. */
export const Source = v.strictObject({
  collector: v.literal("oisp"),
  collector_version: v.string(),
  capture_method: v.picklist(["ebpf", "recording", "records", "exchanges", "har"]),
  capture_point: v.optional(v.string()),
  sensor_name: v.optional(v.string()),
});

/** How sure and how complete the event is; computed, never constant. */
export const Confidence = v.strictObject({
  level: v.picklist(["high", "medium", "low", "inferred"]),
  completeness: v.picklist(["full", "partial", "metadata_only"]),
  missing: v.optional(v.array(v.string())),
  reasons: v.optional(v.array(v.string())),
});

/** What redaction did. */
export const Redaction = v.strictObject({
  mode: v.picklist(["safe", "masked", "full", "minimal"]),
  ruleset: v.string(),
  original_hash: v.optional(v.string()),
  patterns_found: v.optional(v.array(v.string())),
  rules: v.optional(v.array(v.string())),
  redaction_count: v.optional(Count),
});

/** A link to another event. */
export const RelatedEvent = v.strictObject({
  event_id: v.string(),
  relationship: v.picklist(["parent", "child", "caused_by", "causes", "related"]),
  /** Rule that decided it. */
  rule: v.optional(v.string()),
  confidence: v.optional(v.number()),
});

/** Members that every event has. `event_type` and `data` are added per type. */
export const envelopeEntries = {
  oisp_version: v.literal("0.1"),
  event_id: v.pipe(v.string(), v.regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)),
  timestamp: v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)),
  host: v.optional(Host),
  actor: v.optional(Actor),
  process: v.optional(Process),
  app: v.optional(App),
  web: v.optional(Web),
  source: v.optional(Source),
  confidence: Confidence,
  trace_context: v.optional(v.strictObject({
    trace_id: v.string(),
    span_id: v.string(),
    trace_flags: v.optional(Count),
  })),
  related_events: v.optional(v.array(RelatedEvent)),
  attrs: v.optional(v.record(v.string(), JsonValue)),
};

/** Makes the schema of one event type from the type's name and its `data`. */
export function eventSchema<const T extends string, D extends v.GenericSchema>(
  eventType: T,
  data: D,
): v.StrictObjectSchema<
  typeof envelopeEntries & { event_type: v.LiteralSchema<T, undefined>; data: D },
  undefined
> {
  return v.strictObject({ ...envelopeEntries, event_type: v.literal(eventType), data });
}
