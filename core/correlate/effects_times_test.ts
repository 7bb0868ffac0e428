import assert from "node:assert/strict";
import type { DraftEvent } from "../model/draft.ts";
import type { HttpExchange } from "../model/http_exchange.ts";
import {
  AGENT,
  at,
  call,
  dataOf,
  exec,
  exit,
  factOf,
  playEffects,
  resultOf,
} from "../../tests/support/effect_drafts.ts";

Deno.test("effects takes the time of a program that had ended before the answer that asked for it", () => {
  const end = at(factOf("process.exit", "exit", 10, { pid: 1010 }), 3.25);
  const result = factOf("agent.tool_result", "R", AGENT, { call_id: "call_A", related_event_id: "A" });
  playEffects([
    factOf("ai.request", "Q", AGENT, {}),
    at(exec(10, ["-c", "make test"]), 3),
    end,
    at(call("A", "make test"), 4),
    result,
  ]);
  assert.equal((result.event.data as { duration_ms?: number }).duration_ms, 250);
});

Deno.test("effects tells success by how the program ended, where the result says nothing", () => {
  const outcome = (exit: Record<string, unknown>, said: Record<string, unknown> = {}, isEarly = false) => {
    const result = factOf("agent.tool_result", "R", AGENT, { call_id: "call_A", related_event_id: "A", ...said });
    const ended = factOf("process.exit", "exit", 10, { pid: 1010, ...exit });
    const program = [exec(10, ["-c", "make test"]), ended];
    const asked = call("A", "make test");
    playEffects([
      factOf("ai.request", "Q", AGENT, {}),
      ...(isEarly ? [...program, asked] : [asked, ...program]),
      result,
    ]);
    return (result.event.data as { success?: boolean }).success;
  };
  for (const isEarly of [false, true]) {
    assert.deepEqual([outcome({ exit_code: 0 }, {}, isEarly), outcome({ exit_code: 3 }, {}, isEarly)], [true, false]);
    assert.deepEqual([outcome({ signal: 9 }, {}, isEarly), outcome({}, {}, isEarly)], [false, undefined]);
  }
  assert.equal(outcome({ exit_code: 3 }, { success: true }), true);
  // Only the first of two programs, run by the agent itself: its end is not the command's.
  const part = factOf("process.exec", "exec_10", 10, { pid: 1010, exe: "/usr/bin/make", args: ["one"] });
  const result = factOf("agent.tool_result", "R", AGENT, { call_id: "call_A", related_event_id: "A" });
  playEffects([
    call("A", "make one && make two"),
    part,
    factOf("process.exit", "x", 10, { pid: 1010, exit_code: 0 }),
    result,
  ]);
  assert.deepEqual(result.event.data, { call_id: "call_A", related_event_id: "A" });
});

Deno.test("effects gives the result of a call the time its program took, where one program ran for it", () => {
  const resultOf = () =>
    factOf("agent.tool_result", "R", AGENT, {
      call_id: "call_A",
      related_event_id: "A",
      duration_ms: 900,
      duration_source: "next_request",
    });
  const end = factOf("process.exit", "exit", 10, { pid: 1010 });
  const known = resultOf();
  playEffects([call("A", "make test"), at(exec(10, ["-c", "make test"]), 1), at(end, 1.25), known]);
  assert.deepEqual(known.event.data, {
    call_id: "call_A",
    related_event_id: "A",
    duration_ms: 250,
    duration_source: "process",
  });
  const replaced = resultOf();
  const next = factOf("process.exec", "exec_30", 30, { pid: 1010, exe: "/usr/bin/make", args: ["test"] });
  const nextEnd = factOf("process.exit", "exit", 30, { pid: 1010 });
  playEffects([
    call("A", "make test"),
    at(exec(10, ["-c", "make test"]), 1),
    at(next, 1.1),
    at(nextEnd, 1.5),
    replaced,
  ]);
  assert.equal((replaced.event.data as { duration_ms: number }).duration_ms, 500);
  const running = resultOf();
  playEffects([call("A", "make test"), at(exec(10, ["-c", "make test"]), 1), running]);
  const twice = resultOf();
  const second = factOf("process.exec", "exec_11", 11, { pid: 1011, exe: "/bin/bash", args: ["-c", "make test"] });
  playEffects([call("A", "make test"), at(exec(10, ["-c", "make test"]), 1), at(end, 1.25), at(second, 2), twice]);
  for (const result of [running, twice]) assert.equal((result.event.data as { duration_ms: number }).duration_ms, 900);
});

Deno.test("effects tells how long a call waited between its answer's end and its program's start", () => {
  const waitOf = (drafts: readonly DraftEvent[]) => {
    const result = resultOf("A");
    playEffects([...drafts, at(exec(10, ["-c", "make test"]), 7.5), result]);
    return result.event.attrs?.["approval_wait_ms"];
  };
  const asked = at(call("A", "make test"), 3);
  assert.equal(waitOf([asked]), 4500);
  // Another call of the same answer may be what it waited for.
  const sibling = at(call("B", "make lint", {}), 3);
  (sibling.event.data as { related_event_id: string }).related_event_id = "answer_A";
  assert.equal(waitOf([asked, sibling]), undefined);
  // The answer's end is only roughly known.
  const exchange = { knownTimes: "point", request: { firstByteNs: 1e9 } } as unknown as HttpExchange;
  assert.equal(waitOf([{ ...asked, exchange }]), undefined);
});

Deno.test("effects tells no wait of a program that was started before the answer had ended, or that is only a part", () => {
  const result = resultOf("A");
  playEffects([
    factOf("ai.request", "Q", AGENT, {}),
    at(exec(10, ["-c", "make test"]), 2),
    at(call("A", "make test"), 3),
    result,
  ]);
  assert.equal(result.event.attrs, undefined);
  const part = resultOf("A");
  playEffects([at(call("A", "make one && make two"), 3), at(exec(10, ["one"], "/usr/bin/make"), 4), part]);
  assert.equal(part.event.attrs, undefined);
});

Deno.test("effects trusts a program's time more than what a result states, that more than a file's, that more than the bound", () => {
  const bound = { duration_ms: 9000, duration_source: "next_request" };
  const stated = { duration_ms: 800, duration_source: "stated_in_result" };
  const edit = at(
    factOf("agent.tool_call", "E", AGENT, {
      tool: { name: "Edit", kind: "file_edit" },
      call_id: "call_E",
      arguments: { file_path: "/tmp/a.txt" },
      related_event_id: "answer_E",
    }),
    3,
  );
  const write = at(factOf("file.write", "w", AGENT, { path: "/tmp/a.txt" }), 3.25);
  const read = at(factOf("file.read", "r", AGENT, { path: "/tmp/a.txt" }), 3.125);
  const timeOf = (drafts: readonly DraftEvent[], result: DraftEvent) => {
    playEffects([...drafts, result]);
    return [dataOf(result).duration_ms, dataOf(result).duration_source];
  };
  assert.deepEqual(timeOf([edit, read, write], resultOf("E", bound)), [250, "file_write"]);
  assert.deepEqual(timeOf([edit, read], resultOf("E", bound)), [9000, "next_request"]);
  assert.deepEqual(timeOf([edit, write], resultOf("E", stated)), [800, "stated_in_result"]);
  const program = [at(call("A", "make test"), 3), at(exec(10, ["-c", "make test"]), 4), at(exit(10), 4.5)];
  assert.deepEqual(timeOf(program, resultOf("A", stated)), [500, "process"]);
});

Deno.test("effects takes the wait of the one command of a script, and leaves the script its own time", () => {
  const script = at(call("A", "await tools.exec_command({cmd: 'make test'})"), 3);
  const inner = at(call("B", "make test"), 3);
  Object.assign(inner.event.data, { call_id: "call_A.0", parent_call_id: "call_A", related_event_id: "answer_A" });
  const result = resultOf("A", { duration_ms: 9000, duration_source: "next_request" });
  const late = exec(11, ["-c", "make test"]);
  playEffects([script, inner, at(exec(10, ["-c", "make test"]), 5), at(exit(10), 6), result, late]);
  assert.equal(result.event.attrs?.["approval_wait_ms"], 2000);
  assert.equal(dataOf(result).duration_source, "next_request");
  assert.equal(late.event.related_events, undefined);
});
