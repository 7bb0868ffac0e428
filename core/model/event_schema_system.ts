import * as v from "valibot";
import { Amount, Count, eventSchema, JsonValue, Redaction, Text } from "./event_schema_common.ts";

const Address = v.strictObject({
  ip: v.optional(v.string()),
  port: v.optional(Count),
  hostname: v.optional(v.string()),
});

const redaction = { redaction: v.optional(Redaction) };

const fileEntries = {
  path: v.string(),
  size: v.optional(Count),
  flags: v.optional(v.array(v.string())),
  related_process_pid: v.optional(Count),
  ...redaction,
};

/** `process.exec`: a program was started. `args` is without argv[0]. */
export const ProcessExec = eventSchema(
  "process.exec",
  v.strictObject({
    pid: Count,
    ppid: v.optional(Count),
    exe: v.optional(v.string()),
    args: v.optional(v.array(Text)),
    cwd: v.optional(v.string()),
    env: v.optional(v.record(v.string(), Text)),
    ...redaction,
  }),
);

/** `process.exit`: a program ended. */
export const ProcessExit = eventSchema(
  "process.exit",
  v.strictObject({
    pid: Count,
    exit_code: v.optional(Count),
    signal: v.optional(Count),
    runtime_ms: v.optional(Amount),
    ...redaction,
  }),
);

/** `process.fork`: a process forked. */
export const ProcessFork = eventSchema(
  "process.fork",
  v.strictObject({ pid: Count, child_pid: Count, ...redaction }),
);

/** `file.open`. */
export const FileOpen = eventSchema("file.open", v.strictObject(fileEntries));
/** `file.read`. */
export const FileRead = eventSchema("file.read", v.strictObject(fileEntries));
/** `file.write`. `size` is the bytes written. */
export const FileWrite = eventSchema("file.write", v.strictObject(fileEntries));
/** `file.close`. */
export const FileClose = eventSchema("file.close", v.strictObject(fileEntries));

/** `network.connect`: a TCP connection. */
export const NetworkConnect = eventSchema(
  "network.connect",
  v.strictObject({
    local: v.optional(Address),
    remote: v.optional(Address),
    protocol: v.optional(v.string()),
    tls: v.optional(v.boolean()),
    ...redaction,
  }),
);

/** `network.dns`: a name look-up. */
export const NetworkDns = eventSchema(
  "network.dns",
  v.strictObject({
    query: v.string(),
    query_type: v.optional(v.string()),
    answers: v.optional(v.array(v.string())),
    latency_ms: v.optional(Amount),
    ...redaction,
  }),
);

/** `sensor.loss`: captured bytes or facts that are missing, and why. */
export const SensorLoss = eventSchema(
  "sensor.loss",
  v.strictObject({
    reason: v.string(),
    bytes: v.optional(Count),
    items: v.optional(Count),
    connection_id: v.optional(Count),
    detail: v.optional(Text),
    ...redaction,
  }),
);

/** `sensor.coverage`: a program that is (not) covered, and why. */
export const SensorCoverage = eventSchema(
  "sensor.coverage",
  v.strictObject({
    reason: v.string(),
    covered: v.boolean(),
    exe: v.optional(v.string()),
    library: v.optional(v.string()),
    host: v.optional(v.string()),
    detail: v.optional(Text),
    fix: v.optional(v.string()),
    delay_ms: v.optional(Amount),
    facts: v.optional(v.record(v.string(), JsonValue)),
    ...redaction,
  }),
);
