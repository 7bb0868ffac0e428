import { deepStrictEqual as equals, ok, rejects, strictEqual as is } from "node:assert";
import type { RedactedEvent } from "../model/oisp_event.ts";
import { FindingError } from "../model/finding.ts";
import { toTimestamp } from "../model/time.ts";
import { LiveHub } from "./live_hub.ts";
import { RecentEvents } from "./recent_events.ts";
import { createSensorClient, type EventQuery, findSensors } from "./sensor_client.ts";
import { type SensorServer, serveSensorSocket } from "./sensor_server.ts";
import { findSocketFolder, listSockets } from "./socket_folder.ts";
import type { SensorStatus } from "./status.ts";

const STATUS: SensorStatus = {
  pid: Deno.pid,
  version: "0.1.0",
  startedAt: "2026-11-21T10:00:00.000Z",
  command: "record",
  health: "healthy",
  isReady: true,
  redaction: "safe",
  events: { "ai.request": 2 },
  losses: {},
  connections: 1,
  heldBytes: 0,
  rssBytes: 1,
  exports: [
    { name: "jsonl", status: "ok", eventsExported: 5, dropped: {} },
    {
      name: "kafka",
      status: "degraded",
      eventsExported: 0,
      dropped: { queue_full: 3 },
      lastError: "Connection refused",
    },
  ],
  clients: 0,
};

function event(index: number): RedactedEvent {
  const timestamp = toTimestamp(index * 1_000_000);
  const event_type = index % 2 === 0 ? "ai.request" : "ai.response";
  return { event_id: `E${index}`, event_type, timestamp } as unknown as RedactedEvent;
}

async function withServer(
  test: (server: SensorServer, hub: LiveHub, folder: string) => Promise<void>,
  status: () => SensorStatus = () => STATUS,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const hub = new LiveHub("safe");
  const server = await serveSensorSocket({ folder, context: { status, hub } });
  try {
    await test(server, hub, folder);
  } finally {
    await server.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("health has the published shape; an export that fails does not change the state of capture", async () => {
  await withServer(async ({ path }) => {
    equals(await createSensorClient(1, path).json("/api/health"), {
      status: "healthy",
      exports: {
        jsonl: { status: "ok", events_exported: 5, last_error: null },
        kafka: { status: "degraded", events_exported: 0, last_error: "Connection refused" },
      },
    });
  });
});

Deno.test("status says what a sensor does, readyz whether it is attached", async () => {
  await withServer(async ({ path }) => {
    const status = await createSensorClient(1, path).json("/api/status") as Record<string, unknown>;
    equals([status.pid, status.ready, status.redaction], [Deno.pid, false, "safe"]);
    equals(await createSensorClient(1, path).json("/readyz"), { ready: false });
    equals(await createSensorClient(1, path).json("/api/nothing"), { error: "not_found" });
  }, () => ({ ...STATUS, isReady: false }));
});

Deno.test("the socket is its owner's only and disappears with the server", async () => {
  const folder = await Deno.makeTempDir();
  const hub = new LiveHub("safe");
  const server = await serveSensorSocket({ folder, context: { status: () => STATUS, hub } });
  is((await Deno.stat(server.path)).mode! & 0o777, 0o600);
  await server.close();
  await server.close();
  equals(listSockets(folder), []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a socket that nobody listens on is removed, one that answers stays", async () => {
  await withServer(async ({ path }, hub, folder) => {
    const listener = Deno.listen({ transport: "unix", path: `${folder}/stale` });
    // A process that was killed leaves its socket file behind.
    await Deno.rename(`${folder}/stale`, `${folder}/999999.sock`);
    listener.close();
    is(listSockets(folder).length, 2);
    equals((await findSensors([folder])).map((sensor) => sensor.path), [path]);
    const other = await Deno.makeTempDir();
    await Deno.rename(`${folder}/999999.sock`, `${other}/999999.sock`);
    const second = await serveSensorSocket({ folder: other, context: { status: () => STATUS, hub } });
    equals(listSockets(other).map(({ pid }) => pid), [Deno.pid]);
    await second.close();
    await Deno.remove(other, { recursive: true });
  });
});

Deno.test("events reach every client that is connected, in order, as JSON lines", async () => {
  await withServer(async ({ path }, hub) => {
    const read = async () => {
      const ids: unknown[] = [];
      const events = createSensorClient(1, path).events({ filters: [] }, new AbortController().signal);
      for await (const line of events) ids.push(JSON.parse(line).event_id);
      return ids;
    };
    const both = [read(), read()];
    while (hub.clients().length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    for (let i = 0; i < 100; i++) hub.take(event(i));
    hub.close();
    const expected = Array.from({ length: 100 }, (_, index) => `E${index}`);
    equals(await Promise.all(both), [expected, expected]);
  });
});

Deno.test("a slow client loses its oldest lines, which are counted, and the newest stay", async () => {
  const hub = new LiveHub("safe");
  const reader = hub.stream().pipeThrough(new TextDecoderStream());
  for (let i = 0; i < 10_000; i++) hub.take(event(i));
  equals(hub.losses().items, { slow_client: 10_000 - 4096 });
  hub.close();
  const text = (await Array.fromAsync(reader)).join("");
  const lines = text.trim().split("\n");
  is(lines.length, 4096);
  is(JSON.parse(lines.at(-1) ?? "").event_id, "E9999");
});

Deno.test("a client that goes away is forgotten", async () => {
  const hub = new LiveHub("safe");
  const stream = hub.stream();
  is(hub.clients().length, 1);
  await stream.cancel();
  is(hub.clients().length, 0);
  hub.take(event(1));
  ok(hub.losses().items.slow_client === undefined);
});

Deno.test("sockets lie in /run/oisp for root, else in the user's run-time folder", () => {
  is(findSocketFolder(0, "/run/user/0"), "/run/oisp");
  is(findSocketFolder(1000, "/run/user/1000/"), "/run/user/1000/oisp");
  is(findSocketFolder(1000, undefined), undefined);
  is(findSocketFolder(1000, "relative"), undefined);
});

async function readIds(path: string, query: EventQuery, hub: LiveHub, wanted: number): Promise<unknown[]> {
  const abort = new AbortController();
  const ids: unknown[] = [];
  for await (const line of createSensorClient(1, path).events(query, abort.signal, () => hub.take(event(100)))) {
    ids.push(JSON.parse(line).event_id);
    if (ids.length === wanted) abort.abort();
  }
  return ids;
}

Deno.test("since gives kept events first, then the live ones", async () => {
  await withServer(async ({ path }, hub) => {
    for (let i = 0; i < 6; i++) hub.take(event(i));
    equals(await readIds(path, { filters: [], since: "1970-01-01T00:00:03Z" }, hub, 4), ["E3", "E4", "E5", "E100"]);
    equals(await readIds(path, { filters: [] }, hub, 1), ["E100"]);
  });
});

Deno.test("a filter holds for kept and for live events; several have to match all", async () => {
  await withServer(async ({ path }, hub) => {
    for (let i = 0; i < 6; i++) hub.take(event(i));
    const since = "1970-01-01";
    const odd = { filters: ["type:ai.response"], since };
    equals(await readIds(path, odd, hub, 3), ["E1", "E3", "E5"]);
    const late = { filters: ["type:ai.request", "time>=1970-01-01T00:00:04Z"], since };
    equals(await readIds(path, late, hub, 2), ["E4", "E100"]);
  });
});

Deno.test("a query that the sensor does not understand is refused with 69, not answered with everything", async () => {
  await withServer(async ({ path }, hub) => {
    const refusal = (error: unknown) => error instanceof FindingError && error.exitCode === 69;
    await rejects(readIds(path, { filters: ["modle:x"] }, hub, 1), refusal);
    await rejects(readIds(path, { filters: Array(17).fill("x") }, hub, 1), refusal);
    await rejects(readIds(path, { filters: [], since: "yesterday" }, hub, 1), refusal);
  });
});

Deno.test("the hub says since when it keeps all events: the sensor's start, later what it had to forget", async () => {
  await withServer(async ({ path }, hub) => {
    const from = async () => {
      const abort = new AbortController();
      let said: string | undefined;
      const events = createSensorClient(1, path).events({ filters: [] }, abort.signal, ({ eventsFrom }) => {
        said = eventsFrom;
        abort.abort();
      });
      for await (const _ of events);
      return said;
    };
    is(await from(), STATUS.startedAt);
    for (let i = 0; i < 10_000; i++) hub.take(event(i));
    is(await from(), toTimestamp((10_000 - 4096 - 1) * 1_000_000));
  });
});

Deno.test("kept events are bounded by size as well, and one that is too large is forgotten at once", () => {
  const recent = new RecentEvents();
  const text = JSON.stringify({ x: "y".repeat(1024 * 1024) });
  for (let i = 0; i < 9; i++) recent.add(toTimestamp(i), text);
  is(recent.since(0, undefined).length, 3);
  recent.add(toTimestamp(99), "x".repeat(5 * 1024 * 1024));
  is(recent.since(0, undefined).length, 0);
  is(recent.forgottenUntil, toTimestamp(99));
});
