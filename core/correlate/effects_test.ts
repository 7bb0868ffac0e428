import assert from "node:assert/strict";
import type { DraftEvent } from "../model/draft.ts";
import type { HttpExchange } from "../model/http_exchange.ts";
import { AGENT, at, call, exec, factOf, linkOf, playEffects } from "../../tests/support/effect_drafts.ts";

Deno.test("effects links the program a shell call started, what that starts, and its end", () => {
  const shell = exec(10, ["-lc", "make test"]);
  const child = exec(20, ["-j2"], "/usr/bin/gcc");
  const end = factOf("process.exit", "exit", 10, { pid: 1010 });
  const request = factOf("ai.request", "sub", 20, {});
  playEffects([call("A", "make test"), shell, child, request, end]);
  assert.deepEqual(linkOf(shell), { event_id: "A", relationship: "caused_by", rule: "argv_exact", confidence: 1 });
  assert.equal(linkOf(child)?.rule, "started_by");
  assert.equal(linkOf(child)?.event_id, "A");
  assert.equal(linkOf(request)?.event_id, "A");
  assert.equal(linkOf(end)?.event_id, "A");
});

Deno.test("effects gives a sub-agent's program to the sub-agent's own call, what fits none to the call that started it", () => {
  const agent = exec(10, ["-c", "agent 'look'"]);
  const inner = factOf("agent.tool_call", "B", 10, {
    tool: { name: "Bash", kind: "shell" },
    call_id: "call_B",
    arguments: { command: "uname -s" },
  });
  const asked = exec(20, ["-c", "uname -s"]);
  const other = exec(20, ["--version"], "/usr/bin/git");
  playEffects([call("A", "agent 'look'"), agent, inner, other]);
  assert.equal(linkOf(other)?.event_id, "A");
  playEffects([call("A", "agent 'look'"), agent, inner, asked]);
  assert.equal(linkOf(asked)?.event_id, "B");
});

Deno.test("effects finds the program that an agent started before the answer that asked for it had ended", () => {
  const exchange = { request: { firstByteNs: 1e9 }, response: { firstByteNs: 2e9 } } as unknown as HttpExchange;
  const request = factOf("ai.request", "Q", AGENT, {});
  const old = at(exec(11, ["-c", "make test"]), 1.5);
  const shell = at(exec(10, ["-c", "make test"]), 3);
  const child = at(exec(20, ["-j2"], "/usr/bin/gcc"), 3.1);
  const asked: DraftEvent = { ...at(call("A", "make test"), 4), exchange };
  const late = at(factOf("process.exec", "exec_21", 21, { pid: 1021, exe: "/usr/bin/ld", args: [] }), 4.5);
  const end = at(factOf("process.exit", "exit", 10, { pid: 1010 }), 5);
  const result = factOf("agent.tool_result", "R", AGENT, { call_id: "call_A", related_event_id: "A" });
  playEffects([request, old, shell, child, asked, late, end, result]);
  assert.deepEqual([linkOf(old), linkOf(shell), linkOf(child)], [undefined, undefined, undefined]);
  assert.deepEqual(asked.event.related_events, [
    { event_id: "exec_10", relationship: "causes", rule: "argv_exact", confidence: 1 },
    { event_id: "exec_20", relationship: "causes", rule: "started_by", confidence: 1 },
  ]);
  assert.deepEqual([linkOf(late)?.event_id, linkOf(end)?.event_id], ["A", "A"]);
  assert.equal((result.event.data as { duration_ms?: number }).duration_ms, 2000);
});

Deno.test("effects closes the right one of calls without an id", () => {
  const nameless = (id: string, command: string) =>
    factOf("agent.tool_call", id, AGENT, { tool: { kind: "shell" }, arguments: { command } });
  const first = exec(10, ["-c", "make one"]);
  const result = factOf("agent.tool_result", "R", AGENT, { related_event_id: "B" });
  playEffects([nameless("A", "make one"), nameless("B", "make two"), result, first]);
  assert.equal(linkOf(first)?.event_id, "A");
});

Deno.test("effects links nothing outside the agent's tree, after the result, or where two calls fit equally", () => {
  const elsewhere = exec(99, ["-c", "make test"]);
  const tied = exec(10, ["-c", "make test"]);
  playEffects([call("A", "make test"), elsewhere, call("B", "make test"), tied]);
  assert.equal(linkOf(elsewhere), undefined);
  assert.equal(linkOf(tied), undefined);
  const late = exec(11, ["-c", "make test"]);
  const result = factOf("agent.tool_result", "R", AGENT, { call_id: "call_A", related_event_id: "A" });
  playEffects([call("A", "make test"), result, late]);
  assert.equal(linkOf(late), undefined);
});

Deno.test("effects keeps a background call open after its result", () => {
  const late = exec(11, ["-c", "sleep 100"]);
  const result = factOf("agent.tool_result", "R", AGENT, { call_id: "call_A", related_event_id: "A" });
  playEffects([call("A", "sleep 100", { run_in_background: true }), result, late]);
  assert.equal(linkOf(late)?.event_id, "A");
});

Deno.test("effects links a program that execs another by its process id", () => {
  const shell = exec(10, ["-c", "exec python3 x.py"]);
  const python = factOf("process.exec", "py", 11, { pid: 1010, exe: "/usr/bin/python3", args: ["x.py"] });
  playEffects([call("A", "exec python3 x.py"), shell, python]);
  assert.equal(linkOf(python)?.event_id, "A");
});

Deno.test("effects links a file the agent's own process wrote by the path it was given", () => {
  const edit = factOf("agent.tool_call", "E", AGENT, {
    tool: { name: "Write", kind: "file_write" },
    arguments: { file_path: "/tmp/a.txt", content: "x" },
  });
  const write = factOf("file.write", "w", AGENT, { path: "/tmp/a.txt" });
  const other = factOf("file.write", "o", AGENT, { path: "/tmp/b.txt" });
  playEffects([edit, write, other]);
  assert.equal(linkOf(write)?.rule, "path_exact");
  assert.equal(linkOf(other), undefined);
});

Deno.test("effects takes a sandbox and the shell in it, started before the answer had ended, for one program", () => {
  const asked = at(call("A", "make test"), 4);
  const exchange = { request: { firstByteNs: 1e9 }, response: { firstByteNs: 2e9 } } as unknown as HttpExchange;
  const sandbox = at(exec(10, ["--", "bash", "-lc", "make test"], "/usr/bin/bwrap"), 3);
  const shell = at(exec(20, ["-lc", "make test"]), 3.1);
  const elsewhere = at(exec(11, ["-lc", "make test"]), 3.2);
  playEffects([factOf("ai.request", "Q", AGENT, {}), sandbox, shell, { ...asked, exchange }]);
  assert.deepEqual(asked.event.related_events?.map(({ event_id: id, rule }) => [id, rule]), [
    ["exec_10", "argv_exact"],
    ["exec_20", "started_by"],
  ]);
  const tied = at(call("B", "make test"), 4);
  playEffects([factOf("ai.request", "Q", AGENT, {}), sandbox, shell, elsewhere, { ...tied, exchange }]);
  assert.equal(tied.event.related_events, undefined);
});
