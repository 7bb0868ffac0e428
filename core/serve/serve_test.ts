import { deepStrictEqual as equals, ok, strictEqual as is } from "node:assert";
import type { RedactedEvent } from "../model/oisp_event.ts";
import { LiveHub } from "./live_hub.ts";
import { createSensorClient, findSensors } from "./sensor_client.ts";
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
  return { event_id: `E${index}` } as unknown as RedactedEvent;
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
      const events = createSensorClient(1, path).events(new AbortController().signal);
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
