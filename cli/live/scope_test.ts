import assert from "node:assert/strict";
import { loadConfig } from "../../core/config/load.ts";
import { type FlagValue, FlagValues } from "../flag_values.ts";
import { toScope, toSensorConfig } from "./scope.ts";

function flags(values: Record<string, FlagValue>): FlagValues {
  const entries = Object.entries(values);
  return new FlagValues(new Map(entries), new Map(entries.map(([name]) => [name, `--${name}`])));
}

function config(variables: Record<string, string> = {}) {
  return loadConfig({ env: (name) => variables[name], isRoot: false, flags: [], flagFile: "/dev/null" });
}

Deno.test("nothing named is the whole machine", () => {
  assert.deepEqual(toScope(flags({}), config()), { wholeMachine: true });
});

Deno.test("flags name processes, programs, users and trees", () => {
  const scope = toScope(flags({ pid: [1, 2], exe: ["*/node"], tree: [9] }), config());
  assert.deepEqual(scope, { wholeMachine: false, trees: [9], pids: [1, 2], uids: [], exes: ["*/node"] });
});

Deno.test("a flag replaces the lists of the configuration", () => {
  const variables = { OISP_CAPTURE_PIDS: "5", OISP_CAPTURE_EXES: "*/python3*" };
  assert.deepEqual(toScope(flags({}), config(variables)).pids, [5]);
  assert.deepEqual(toScope(flags({ uid: [1000] }), config(variables)), {
    wholeMachine: false,
    trees: [],
    pids: [],
    uids: [1000],
    exes: [],
  });
});

Deno.test("the configuration reaches the library", () => {
  const sensor = toSensorConfig({}, config({ OISP_CAPTURE_RING_KB: "256", OISP_CAPTURE_ATTACH: "perf_event" }));
  assert.equal(sensor.payloadRingBytes, 256 * 1024);
  assert.equal(sensor.forcePerfUprobes, true);
  assert.equal(sensor.serverSide, false);
});
