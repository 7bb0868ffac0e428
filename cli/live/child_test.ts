import assert from "node:assert/strict";
import { holdChild } from "./child.ts";

type Reply = Readonly<Record<string, unknown>>;

function library(replies: Readonly<Record<string, Reply[]>>) {
  const asked: [string, Reply][] = [];
  const left = structuredClone(replies) as Record<string, Reply[]>;
  const control = (operation: string, request: Reply) => {
    asked.push([operation, request]);
    return Promise.resolve(left[operation]?.shift());
  };
  return { control, asked };
}

Deno.test("a command is held, released, and waited for until it ends", async () => {
  const { control, asked } = library({
    spawn: [{ pid: 7, uid: 0 }],
    release: [{ released: true, prepared: true }],
    wait: [{ ended: false }, { ended: true, exit_code: 3 }],
  });
  const child = await holdChild(control, ["sh", "-c", "exit 3"], false);
  assert.equal(await child.release(), undefined);
  assert.equal(await child.wait(), 3);
  assert.deepEqual(asked.map(([operation]) => operation), ["spawn", "release", "wait", "wait"]);
  assert.deepEqual(asked[0]?.[1], { argv: ["sh", "-c", "exit 3"], as_root: false });
});

Deno.test("a signal becomes 128 + n, a command that cannot be started says why", async () => {
  const killed = library({ spawn: [{ pid: 7 }], wait: [{ ended: true, signal: 15 }] });
  assert.equal(await (await holdChild(killed.control, ["x"], true)).wait(), 143);
  const missing = library({
    spawn: [{ pid: 7 }],
    release: [{ released: false, errno: 2, exit_code: 127, reason: "none" }],
  });
  const child = await holdChild(missing.control, ["x"], false);
  assert.deepEqual(await child.release(), { exitCode: 127, reason: "none" });
});

Deno.test("a reply of another shape is an error, not a guess", async () => {
  await assert.rejects(holdChild(library({ spawn: [{}] }).control, ["x"], false));
});
