import assert from "node:assert/strict";
import { ANSWER, start } from "../../tests/support/decoder_harness.ts";

Deno.test("decoder marks what a lost record took, and says the loss once per reason, connection and second", () => {
  const { decoder, facts, lines, drafts } = start();
  decoder.raw(facts.data(">", "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12"));
  for (let i = 0; i < 3; i++) {
    const streamOffset = facts.skip(">", 2);
    decoder.raw(facts.loss({ connId: 1, direction: 1, streamOffset, lostBytes: 2 }));
  }
  decoder.raw(facts.data(">", "90"));
  decoder.raw(facts.data("<", ANSWER));
  assert.equal(lines()[1], '  request gap ring_full "12<gap 2 ring_full><gap 2 ring_full><gap 2 ring_full>90"');
  decoder.advance(facts.timeNs);
  assert.equal(drafts.length, 0);
  facts.wait(1.1);
  decoder.advance(facts.timeNs);
  const [draft] = drafts;
  assert.ok(draft?.event.event_type === "sensor.loss");
  assert.deepEqual(draft.event.data, { reason: "ring_full", bytes: 6, items: 3, connection_id: 1 });
});

Deno.test("decoder says nothing of bytes left out on purpose", () => {
  const { decoder, facts, drafts } = start();
  decoder.raw(facts.loss({ connId: 1, reason: "not_ai", lostBytes: 5000, skipped: true }));
  decoder.close();
  assert.deepEqual(drafts, []);
});

Deno.test("decoder tells coverage once for each reason and program", () => {
  const { decoder, facts, drafts } = start();
  for (const exe of ["/a", "/a", "/b"]) {
    decoder.raw({ ...facts.header(0), kind: "coverage", reason: "static_boringssl", covered: false, exe, fix: "x" });
  }
  assert.deepEqual(drafts.map(({ event }) => event.data), [
    { reason: "static_boringssl", covered: false, exe: "/a", fix: "x" },
    { reason: "static_boringssl", covered: false, exe: "/b", fix: "x" },
  ]);
});

Deno.test("decoder says of a program whose command line was cut that arguments are missing", () => {
  const { decoder, facts, drafts } = start();
  const program = { ...facts.header(0), kind: "process", state: "exec", args: ["sh", "-c", "ec"] } as const;
  decoder.raw(program);
  decoder.raw({ ...program, argsCut: true });
  assert.deepEqual(drafts.map(({ event }) => [event.confidence.completeness, event.confidence.missing]), [
    ["full", undefined],
    ["partial", ["args"]],
  ]);
});

Deno.test("decoder makes process, file and look-up events of their facts", () => {
  const { decoder, facts, drafts } = start();
  decoder.raw({
    ...facts.header(0),
    kind: "process",
    state: "exec",
    ppid: 1,
    exe: "/bin/sh",
    args: ["sh", "-c", "x"],
    cwd: "/",
  });
  decoder.raw({ ...facts.header(0), kind: "process", state: "fork", childTgid: 101 });
  decoder.raw({ ...facts.header(0), kind: "process", state: "seen" });
  decoder.raw({ ...facts.header(0), kind: "file", operation: "write", path: "/o", bytes: 9, flagNames: ["O_WRONLY"] });
  decoder.raw({ ...facts.header(0), kind: "file", operation: "delete", path: "/o" });
  decoder.raw({ ...facts.header(0), kind: "dns", name: "h", queryType: "A", answers: ["1.2.3.4"] });
  decoder.raw({ ...facts.header(0), kind: "process", state: "exit", exitCode: 3, signal: 0, startNs: 1 });
  assert.deepEqual(drafts.map(({ event }) => [event.event_type, event.data]).slice(0, -1), [
    ["process.exec", { pid: 100, ppid: 1, exe: "/bin/sh", args: ["-c", "x"], cwd: "/" }],
    ["process.fork", { pid: 100, child_pid: 101 }],
    ["file.write", { path: "/o", related_process_pid: 100, size: 9, flags: ["O_WRONLY"] }],
    ["network.dns", { query: "h", query_type: "A", answers: ["1.2.3.4"] }],
  ]);
  assert.equal(drafts.at(-1)?.event.event_type, "process.exit");
});

Deno.test("decoder shows the stories a program's start that is no event, and nothing else of it", () => {
  const { decoder, facts, drafts } = start();
  const program = { ...facts.header(0), kind: "process", isBackground: true } as const;
  decoder.raw({ ...program, state: "exec", args: ["sh"] });
  decoder.raw({ ...program, state: "fork", childTgid: 101 });
  decoder.raw({ ...program, state: "exit", exitCode: 0 });
  assert.deepEqual(drafts.map(({ event, isSilent }) => [event.event_type, isSilent]), [["process.exec", true]]);
});

Deno.test("decoder shows the stories a renamed file under its new name, which is no event", () => {
  const { decoder, facts, drafts } = start();
  decoder.raw({ ...facts.header(0), kind: "file", operation: "rename", path: "/a.tmp", newPath: "/a" });
  decoder.raw({ ...facts.header(0), kind: "file", operation: "delete", path: "/a" });
  assert.deepEqual(drafts.map(({ event, isSilent, renamedFrom }) => [event.data, isSilent, renamedFrom]), [
    [{ path: "/a", related_process_pid: 100 }, true, "/a.tmp"],
  ]);
});
