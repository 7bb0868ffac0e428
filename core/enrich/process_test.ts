import assert from "node:assert/strict";
import { context, draft, enrich, facts } from "./enrich_testing.ts";

Deno.test("process facts are added, and shared between events of a program run", () => {
  const program = facts(1, {
    ppid: 3,
    uid: 1000,
    gid: 1000,
    username: "anna",
    exe: "/usr/bin/python3.11",
    args: ["python3", "agent.py"],
    cwd: "/home/anna",
    sessionId: 4294967295,
  });
  const story = context([program]);
  const one = enrich(draft({}), story).event;
  const two = enrich(draft({}), story).event;
  assert.deepEqual(one.process, {
    pid: 10,
    ppid: 3,
    name: "python3.11",
    exe: "/usr/bin/python3.11",
    cmdline: ["python3", "agent.py"],
    cwd: "/home/anna",
  });
  assert.deepEqual(one.actor, { uid: 1000, username: "anna", gid: 1000 });
  assert.equal(one.process, two.process);
  assert.ok(Object.isFrozen(one.process));
});

Deno.test("a call of an unknown program run keeps the process id of its connection and nothing more", () => {
  const { event } = enrich(draft({}));
  assert.deepEqual(event.process, { pid: 10 });
  assert.equal("actor" in event, false);
  assert.deepEqual(event.app, { tier: "unknown" });
});
