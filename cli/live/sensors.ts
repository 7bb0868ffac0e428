/** The sensors that run on this machine, as `status` and `tail` see them. */
import * as v from "valibot";
import { findSensors, type SensorClient } from "../../core/serve/sensor_client.ts";
import { findSocketFolder } from "../../core/serve/socket_folder.ts";
import type { Io } from "../io.ts";

const Counts = v.record(v.string(), v.number());

/** Answer of `/api/status`, as far as it is shown. */
export const StatusReply = v.looseObject({
  pid: v.number(),
  version: v.string(),
  started_at: v.string(),
  command: v.string(),
  status: v.string(),
  ready: v.boolean(),
  redaction: v.string(),
  events: Counts,
  losses: v.record(v.string(), Counts),
  account: v.optional(v.looseObject({ lost: v.optional(Counts) })),
  exports: v.record(v.string(), v.looseObject({ status: v.string(), events_exported: v.number() })),
  recording: v.optional(v.looseObject({ path: v.string(), written_bytes: v.number() })),
  clients: v.number(),
});

/** A checked answer of `/api/status`. */
export type StatusReply = v.InferOutput<typeof StatusReply>;

/** Sensors this user can reach, by process id: those of root (their sockets belong to the caller) and the user's own. */
export async function listSensors(io: Io): Promise<readonly SensorClient[]> {
  const own = findSocketFolder(Deno.uid(), io.env("XDG_RUNTIME_DIR"));
  const folders = new Set(["/run/oisp", ...(own === undefined ? [] : [own])]);
  const sensors = await findSensors([...folders]);
  const answers = await Promise.all(sensors.map((sensor) => sensor.json("/readyz")));
  // A socket of somebody else is there and does not answer to this user.
  return sensors.filter((_, i) => answers[i] !== undefined);
}

/** Asks a sensor for its status; undefined when it does not answer. */
export async function askStatus(sensor: SensorClient): Promise<StatusReply | undefined> {
  const reply = v.safeParse(StatusReply, await sensor.json("/api/status"));
  return reply.success ? reply.output : undefined;
}

/** True when a sensor has attached to everything it found. */
export async function isReady(sensor: SensorClient): Promise<boolean> {
  const reply = v.safeParse(v.looseObject({ ready: v.boolean() }), await sensor.json("/readyz"));
  return reply.success && reply.output.ready;
}
