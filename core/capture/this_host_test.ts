import { deepStrictEqual as equals, match, notStrictEqual } from "node:assert";
import { createFakeLibrary } from "../../ffi/fake_library.ts";
import { readThisHost } from "./this_host.ts";

const REPLY = {
  boot_id: "5f0c2c1e-7d1b-4a54-9d0e-0d15c0de0001",
  hostname: "workstation",
  os: "linux",
  os_version: "Debian GNU/Linux 12",
  kernel_version: "6.12.0",
  arch: "x86_64",
  machine_id: "0123",
};

Deno.test("the library tells boot, host and machine", async () => {
  const asked: unknown[] = [];
  const control = (request: Record<string, unknown>) => {
    asked.push(request);
    return REPLY;
  };
  const { boot_id: bootId, machine_id: machineId, hostname, os, arch } = REPLY;
  equals(await readThisHost(createFakeLibrary({ records: [], control })), {
    bootId,
    machineId,
    host: { hostname, os, osVersion: REPLY.os_version, kernelVersion: REPLY.kernel_version, arch },
  });
  equals(asked, [{ op: "host_facts" }]);
});

Deno.test("what the library does not know is absent, and the boot then one of this run", async () => {
  const bare = () => readThisHost(createFakeLibrary({ records: [], control: () => ({ os: "linux", hostname: 7 }) }));
  const [first, second] = [await bare(), await bare()];
  equals(first.host, { os: "linux" });
  equals("machineId" in first, false);
  match(first.bootId, /^[0-9a-f-]{36}$/);
  notStrictEqual(first.bootId, second.bootId);
});

Deno.test("a library that refuses leaves everything absent", async () => {
  const { host } = await readThisHost(createFakeLibrary({ records: [] }));
  equals(host, {});
});
