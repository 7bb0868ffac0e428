/** Generated conversations of agents, in every format: each call and each result once, right links, nothing invented. */
import assert from "node:assert/strict";
import type { EventOf, EventType, RedactedEvent } from "../core/model/oisp_event.ts";
import type { AgentFormat } from "./support/agent_format.ts";
import { AGENT_FORMATS } from "./support/agent_formats.ts";
import { createScenario, type ScenarioTruth } from "./support/agent_scenario.ts";
import { Random } from "./support/random.ts";
import { factSource, runPipeline } from "./support/run_pipeline.ts";

const SEEDS = Number(Deno.env.get("OISP_AGENT_SEEDS") ?? 15);

function of<T extends EventType>(events: readonly RedactedEvent[], type: T): EventOf<T>[] {
  return (events as readonly { event_type: string }[]).filter(({ event_type }) => event_type === type) as EventOf<T>[];
}

const numberOf = (call: EventOf<"agent.tool_call">) => (call.data.arguments as { n: number }).n;
const sorted = (numbers: Iterable<number>) => [...numbers].sort((a, b) => a - b);

function requireCalls(events: readonly RedactedEvent[], truth: ScenarioTruth): ReadonlyMap<string, number> {
  const calls = of(events, "agent.tool_call");
  assert.deepEqual(calls.map(numberOf), [...truth.calls.keys()], "each call once, in order");
  for (const call of calls) assert.equal(call.data.tool.name, truth.calls.get(numberOf(call))?.name);
  return new Map(calls.map((call) => [call.event_id, numberOf(call)]));
}

function requireResults(
  events: readonly RedactedEvent[],
  truth: ScenarioTruth,
  byId: ReadonlyMap<string, number>,
  format: AgentFormat,
): void {
  const results = of(events, "agent.tool_result");
  const told = results.map(({ data }) => Number(/result (\d+)/.exec(String(data.result))?.[1]));
  assert.deepEqual(sorted(told), sorted(truth.results.keys()), "each result once");
  results.forEach(({ data, confidence }, index) => {
    const n = told[index] ?? 0;
    const call = truth.calls.get(n);
    const linked = data.related_event_id === undefined ? undefined : byId.get(data.related_event_id);
    if (truth.unlinked.has(n)) {
      assert.equal(linked, undefined, `result ${n} was linked to call ${linked}`);
      assert.deepEqual(confidence.reasons, ["call_before_capture"]);
      assert.equal(data.duration_ms, undefined);
      // Where the history is not sent with it, nothing says its name.
      if (format.id !== "responses_delta") assert.equal(data.tool?.name, truth.unlinked.get(n));
      return;
    }
    assert.equal(linked, n, `result ${n} was linked to call ${linked}`);
    assert.equal(data.tool?.name, call?.name);
    if (data.duration_source !== "next_request") return;
    const boundMs = ((truth.results.get(n)?.sentNs ?? 0) - (call?.answeredNs ?? 0)) / 1e6;
    assert.ok(Math.abs((data.duration_ms ?? -1) - boundMs) < 0.01, `${format.id}: ${data.duration_ms} is ${boundMs}`);
  });
}

function requireEffects(
  events: readonly RedactedEvent[],
  truth: ScenarioTruth,
  byId: ReadonlyMap<string, number>,
): void {
  const causes = (event: RedactedEvent) =>
    (event.related_events ?? []).filter(({ relationship }) => relationship === "caused_by")
      .map(({ event_id: id }) => byId.get(id));
  // A call that is told after its programs names them itself.
  const named = new Map(
    of(events, "agent.tool_call").flatMap((call) =>
      (call.related_events ?? []).filter(({ relationship }) => relationship === "causes")
        .map(({ event_id: id }) => [id, numberOf(call)] as const)
    ),
  );
  for (const event of of(events, "process.exec")) {
    const isEarly = truth.early.has(event.data.pid);
    assert.equal(named.get(event.event_id), isEarly ? truth.programs.get(event.data.pid) : undefined);
    const n = isEarly ? undefined : truth.programs.get(event.data.pid);
    assert.deepEqual(
      causes(event as unknown as RedactedEvent),
      n === undefined ? [] : [n],
      `program ${event.data.pid}`,
    );
  }
  for (const event of of(events, "file.write")) {
    assert.deepEqual(causes(event as unknown as RedactedEvent), [truth.files.get(event.data.path)], event.data.path);
  }
  const timed = new Set(truth.programs.values());
  for (const { data } of of(events, "agent.tool_result")) {
    const n = byId.get(data.related_event_id ?? "");
    if (n !== undefined) assert.equal(data.duration_source === "process", timed.has(n), `result ${n}`);
  }
}

/** Every session starts once and ends once, and its totals are its own calls. */
function requireSessions(events: readonly RedactedEvent[], format: AgentFormat): void {
  const sessions = of(events, "agent.session");
  const idsOf = (action: "start" | "end") =>
    sessions.filter(({ data }) => data.action === action).map(({ data }) => data.session_id);
  assert.equal(new Set(idsOf("start")).size, idsOf("start").length, "each session starts once");
  assert.deepEqual(idsOf("end").sort(), idsOf("start").sort(), "each session ends once");
  const counts = new Map(idsOf("start").map((id) => [id, 0]));
  for (const { data } of of(events, "agent.tool_call")) {
    const id = data.agent?.session_id;
    // A chain of answers that began before capture has no beginning to name it by.
    if (id === undefined && format.id === "responses_delta") continue;
    assert.ok(id !== undefined && counts.has(id), `no session ${id}`);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  for (const { data } of sessions) {
    if (data.action === "end") assert.equal(data.stats?.tool_calls, counts.get(data.session_id));
  }
}

for (const format of AGENT_FORMATS) {
  Deno.test(`generated agents, ${format.id}: each call and result once, right links, nothing invented, ${SEEDS} times`, async () => {
    const seen = { calls: 0, results: 0, unlinked: 0, programs: 0, early: 0, files: 0 };
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = new Random(seed);
      const { facts, truth } = createScenario(format, random, { agents: 1 + random.below(3), steps: 24 });
      const { events } = await runPipeline(factSource(facts));
      try {
        const byId = requireCalls(events, truth);
        requireResults(events, truth, byId, format);
        requireEffects(events, truth, byId);
        requireSessions(events, format);
        const links = of(events, "ai.request").flatMap(({ related_events: each = [] }) => each);
        const retries = links.filter(({ rule }) => rule === "retry_of_failed_call");
        assert.equal(retries.length, truth.retries, "each retry once");
        for (const name of Object.keys(seen) as (keyof typeof seen)[]) seen[name] += truth[name].size;
        assert.equal(new Set(events.map(({ event_id: id }) => id)).size, events.length, "event ids are unique");
      } catch (error) {
        throw new Error(`${format.id}, seed ${seed}: ${error instanceof Error ? error.message : error}`, {
          cause: error,
        });
      }
    }
    for (const [name, count] of Object.entries(seen)) assert.ok(count >= SEEDS / 4, `only ${count} ${name}`);
  });
}
