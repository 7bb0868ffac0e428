import assert from "node:assert/strict";
import type { DraftEvent, StoryContext } from "../model/draft.ts";
import type { HttpExchange } from "../model/http_exchange.ts";
import type { ProcessFacts } from "../model/process.ts";
import { matchCommand, readCommand } from "./command_match.ts";
import { effects } from "./effects.ts";

const AGENT = 1;

/** Program runs and their parents: 10 and 11 below the agent, 20 and 21 below 10, 99 elsewhere. */
const PARENTS = new Map([[10, AGENT], [11, AGENT], [20, 10], [21, 10], [99, 98]]);

const context: StoryContext = {
  processes: {
    find: (key) => (PARENTS.has(key) ? { parentKey: PARENTS.get(key) } as ProcessFacts : undefined),
  },
  host: {},
  bootId: "test",
  clockOffsetUs: 0,
};

function draftOf(eventType: string, id: string, processKey: number, data: unknown): DraftEvent {
  const event = { event_type: eventType, event_id: id, confidence: { level: "high", completeness: "full" }, data };
  return { event, timeNs: 0, processKey } as unknown as DraftEvent;
}

const call = (id: string, command: string, more = {}) =>
  draftOf("agent.tool_call", id, AGENT, {
    tool: { name: "Bash", kind: "shell" },
    call_id: `call_${id}`,
    arguments: { command, ...more },
  });

const exec = (key: number, args: string[], exe = "/bin/bash") =>
  draftOf("process.exec", `exec_${key}`, key, { pid: 1000 + key, exe, args });

function play(drafts: readonly DraftEvent[]): void {
  const state = effects.create();
  for (const draft of drafts) assert.deepEqual(state.push(draft, context), []);
}

const linkOf = (draft: DraftEvent) => draft.event.related_events?.[0];

Deno.test("effects links the program a shell call started, what that starts, and its end", () => {
  const shell = exec(10, ["-lc", "make test"]);
  const child = exec(20, ["-j2"], "/usr/bin/gcc");
  const end = draftOf("process.exit", "exit", 10, { pid: 1010 });
  const request = draftOf("ai.request", "sub", 20, {});
  play([call("A", "make test"), shell, child, request, end]);
  assert.deepEqual(linkOf(shell), { event_id: "A", relationship: "caused_by", rule: "argv_exact", confidence: 1 });
  assert.equal(linkOf(child)?.rule, "started_by");
  assert.equal(linkOf(child)?.event_id, "A");
  assert.equal(linkOf(request)?.event_id, "A");
  assert.equal(linkOf(end)?.event_id, "A");
});

Deno.test("effects gives a sub-agent's program to the sub-agent's own call, what fits none to the call that started it", () => {
  const agent = exec(10, ["-c", "agent 'look'"]);
  const inner = draftOf("agent.tool_call", "B", 10, {
    tool: { name: "Bash", kind: "shell" },
    call_id: "call_B",
    arguments: { command: "uname -s" },
  });
  const asked = exec(20, ["-c", "uname -s"]);
  const other = exec(20, ["--version"], "/usr/bin/git");
  play([call("A", "agent 'look'"), agent, inner, other]);
  assert.equal(linkOf(other)?.event_id, "A");
  play([call("A", "agent 'look'"), agent, inner, asked]);
  assert.equal(linkOf(asked)?.event_id, "B");
});

Deno.test("effects finds the program that an agent started before the answer that asked for it had ended", () => {
  const at = (draft: DraftEvent, timeNs: number): DraftEvent => ({ ...draft, timeNs });
  const exchange = { request: { firstByteNs: 1e9 }, response: { firstByteNs: 2e9 } } as unknown as HttpExchange;
  const request = draftOf("ai.request", "Q", AGENT, {});
  const old = at(exec(11, ["-c", "make test"]), 1.5e9);
  const shell = at(exec(10, ["-c", "make test"]), 3e9);
  const child = at(exec(20, ["-j2"], "/usr/bin/gcc"), 3.1e9);
  const asked: DraftEvent = { ...at(call("A", "make test"), 4e9), exchange };
  const late = at(draftOf("process.exec", "exec_21", 21, { pid: 1021, exe: "/usr/bin/ld", args: [] }), 4.5e9);
  const end = at(draftOf("process.exit", "exit", 10, { pid: 1010 }), 5e9);
  const result = draftOf("agent.tool_result", "R", AGENT, { call_id: "call_A", related_event_id: "A" });
  play([request, old, shell, child, asked, late, end, result]);
  assert.deepEqual([linkOf(old), linkOf(shell), linkOf(child)], [undefined, undefined, undefined]);
  assert.deepEqual(asked.event.related_events, [
    { event_id: "exec_10", relationship: "causes", rule: "argv_exact", confidence: 1 },
    { event_id: "exec_20", relationship: "causes", rule: "started_by", confidence: 1 },
  ]);
  assert.deepEqual([linkOf(late)?.event_id, linkOf(end)?.event_id], ["A", "A"]);
  assert.equal((result.event.data as { duration_ms?: number }).duration_ms, 2000);
});

Deno.test("effects takes the time of a program that had ended before the answer that asked for it", () => {
  const at = (draft: DraftEvent, timeNs: number): DraftEvent => ({ ...draft, timeNs });
  const end = at(draftOf("process.exit", "exit", 10, { pid: 1010 }), 3.25e9);
  const result = draftOf("agent.tool_result", "R", AGENT, { call_id: "call_A", related_event_id: "A" });
  play([
    draftOf("ai.request", "Q", AGENT, {}),
    at(exec(10, ["-c", "make test"]), 3e9),
    end,
    at(call("A", "make test"), 4e9),
    result,
  ]);
  assert.equal((result.event.data as { duration_ms?: number }).duration_ms, 250);
});

Deno.test("effects tells success by how the program ended, where the result says nothing", () => {
  const outcome = (exit: Record<string, unknown>, said: Record<string, unknown> = {}, isEarly = false) => {
    const result = draftOf("agent.tool_result", "R", AGENT, { call_id: "call_A", related_event_id: "A", ...said });
    const ended = draftOf("process.exit", "exit", 10, { pid: 1010, ...exit });
    const program = [exec(10, ["-c", "make test"]), ended];
    const asked = call("A", "make test");
    play([draftOf("ai.request", "Q", AGENT, {}), ...(isEarly ? [...program, asked] : [asked, ...program]), result]);
    return (result.event.data as { success?: boolean }).success;
  };
  for (const isEarly of [false, true]) {
    assert.deepEqual([outcome({ exit_code: 0 }, {}, isEarly), outcome({ exit_code: 3 }, {}, isEarly)], [true, false]);
    assert.deepEqual([outcome({ signal: 9 }, {}, isEarly), outcome({}, {}, isEarly)], [false, undefined]);
  }
  assert.equal(outcome({ exit_code: 3 }, { success: true }), true);
  // Only the first of two programs, run by the agent itself: its end is not the command's.
  const part = draftOf("process.exec", "exec_10", 10, { pid: 1010, exe: "/usr/bin/make", args: ["one"] });
  const result = draftOf("agent.tool_result", "R", AGENT, { call_id: "call_A", related_event_id: "A" });
  play([
    call("A", "make one && make two"),
    part,
    draftOf("process.exit", "x", 10, { pid: 1010, exit_code: 0 }),
    result,
  ]);
  assert.deepEqual(result.event.data, { call_id: "call_A", related_event_id: "A" });
});

Deno.test("effects closes the right one of calls without an id", () => {
  const nameless = (id: string, command: string) =>
    draftOf("agent.tool_call", id, AGENT, { tool: { kind: "shell" }, arguments: { command } });
  const first = exec(10, ["-c", "make one"]);
  const result = draftOf("agent.tool_result", "R", AGENT, { related_event_id: "B" });
  play([nameless("A", "make one"), nameless("B", "make two"), result, first]);
  assert.equal(linkOf(first)?.event_id, "A");
});

Deno.test("effects gives the result of a call the time its program took, where one program ran for it", () => {
  const at = (draft: DraftEvent, timeNs: number): DraftEvent => ({ ...draft, timeNs });
  const resultOf = () =>
    draftOf("agent.tool_result", "R", AGENT, {
      call_id: "call_A",
      related_event_id: "A",
      duration_ms: 900,
      duration_source: "next_request",
    });
  const end = draftOf("process.exit", "exit", 10, { pid: 1010 });
  const known = resultOf();
  play([call("A", "make test"), at(exec(10, ["-c", "make test"]), 1e9), at(end, 1.25e9), known]);
  assert.deepEqual(known.event.data, {
    call_id: "call_A",
    related_event_id: "A",
    duration_ms: 250,
    duration_source: "process",
  });
  const replaced = resultOf();
  const next = draftOf("process.exec", "exec_30", 30, { pid: 1010, exe: "/usr/bin/make", args: ["test"] });
  const nextEnd = draftOf("process.exit", "exit", 30, { pid: 1010 });
  play([call("A", "make test"), at(exec(10, ["-c", "make test"]), 1e9), at(next, 1.1e9), at(nextEnd, 1.5e9), replaced]);
  assert.equal((replaced.event.data as { duration_ms: number }).duration_ms, 500);
  const running = resultOf();
  play([call("A", "make test"), at(exec(10, ["-c", "make test"]), 1e9), running]);
  const twice = resultOf();
  const second = draftOf("process.exec", "exec_11", 11, { pid: 1011, exe: "/bin/bash", args: ["-c", "make test"] });
  play([call("A", "make test"), at(exec(10, ["-c", "make test"]), 1e9), at(end, 1.25e9), at(second, 2e9), twice]);
  for (const result of [running, twice]) assert.equal((result.event.data as { duration_ms: number }).duration_ms, 900);
});

Deno.test("effects links nothing outside the agent's tree, after the result, or where two calls fit equally", () => {
  const elsewhere = exec(99, ["-c", "make test"]);
  const tied = exec(10, ["-c", "make test"]);
  play([call("A", "make test"), elsewhere, call("B", "make test"), tied]);
  assert.equal(linkOf(elsewhere), undefined);
  assert.equal(linkOf(tied), undefined);
  const late = exec(11, ["-c", "make test"]);
  const result = draftOf("agent.tool_result", "R", AGENT, { call_id: "call_A", related_event_id: "A" });
  play([call("A", "make test"), result, late]);
  assert.equal(linkOf(late), undefined);
});

Deno.test("effects keeps a background call open after its result", () => {
  const late = exec(11, ["-c", "sleep 100"]);
  const result = draftOf("agent.tool_result", "R", AGENT, { call_id: "call_A", related_event_id: "A" });
  play([call("A", "sleep 100", { run_in_background: true }), result, late]);
  assert.equal(linkOf(late)?.event_id, "A");
});

Deno.test("effects links a program that execs another by its process id", () => {
  const shell = exec(10, ["-c", "exec python3 x.py"]);
  const python = draftOf("process.exec", "py", 11, { pid: 1010, exe: "/usr/bin/python3", args: ["x.py"] });
  play([call("A", "exec python3 x.py"), shell, python]);
  assert.equal(linkOf(python)?.event_id, "A");
});

Deno.test("effects links a file the agent's own process wrote by the path it was given", () => {
  const edit = draftOf("agent.tool_call", "E", AGENT, {
    tool: { name: "Write", kind: "file_write" },
    arguments: { file_path: "/tmp/a.txt", content: "x" },
  });
  const write = draftOf("file.write", "w", AGENT, { path: "/tmp/a.txt" });
  const other = draftOf("file.write", "o", AGENT, { path: "/tmp/b.txt" });
  play([edit, write, other]);
  assert.equal(linkOf(write)?.rule, "path_exact");
  assert.equal(linkOf(other), undefined);
});

Deno.test("commands are compared however an agent wrapped and quoted them", () => {
  assert.equal(readCommand({ cmd: ["bash", "-lc", "ls -l"] }), "ls -l");
  assert.equal(readCommand({ command: ["git", "status"] }), "git status");
  assert.equal(readCommand({ path: "x" }), undefined);
  const wrapped = `source ~/.snapshot && eval 'echo '"'"'a b'"'"' > out' < /dev/null && pwd -P >| /tmp/cwd`;
  assert.equal(matchCommand("echo 'a b' > out", "/bin/bash", ["-c", wrapped])?.rule, "argv_contains");
  assert.equal(matchCommand("git status", "/usr/bin/git", ["status"])?.rule, "argv_exact");
  assert.equal(matchCommand("git status && ls", "/usr/bin/git", ["status"])?.rule, "first_word");
  assert.equal(matchCommand("ls", "/bin/bash", ["-c", "tools --false"]), undefined);
});

Deno.test("commands are recognised by their beginning where the kernel cut a long command line", () => {
  const long = `cat > a.txt <<'END'\n${"a line of a file ".repeat(200)}\nEND`;
  assert.deepEqual(matchCommand(long, "/bin/bash", ["-c", long.slice(0, 1000)]), {
    rule: "argv_begins",
    confidence: 0.8,
  });
  assert.equal(matchCommand(long, "/bin/bash", ["-c", long.slice(0, 999) + "\ufffd"])?.rule, "argv_begins");
  assert.equal(matchCommand(long, "/bin/bash", ["-c", "x" + long.slice(0, 1000)]), undefined);
  assert.equal(matchCommand(long, "/bin/bash", ["-c", long.slice(0, 40)]), undefined);
});
