/**
 * The story of an agent that really acts: it asks the stand-in, runs what the model asks for with bash, sends the results back,
 * starts a helper that asks the model itself, and ends. Under `oisp run`, and beside `oisp record`.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { isOnPath } from "../../scripts/run.ts";
import type { EventOf, EventType, OispEvent } from "../../core/model/oisp_event.ts";
import { testOrSkip } from "../skip.ts";
import { type AgentProgram, AGENTS, LONG_COMMAND, taskOf } from "./agent_task.ts";
import { captureRun, findCaptureReason, oispCommand, readEvents } from "./oisp.ts";
import { finish, Stage } from "./stage.ts";

const reason = findCaptureReason() ?? (isOnPath("bash") ? undefined : "bash is missing");
const MAX_ATTEMPTS = 3;
const KEYS = { OPENAI_API_KEY: "sk-e2e", ANTHROPIC_API_KEY: "sk-ant-e2e" };

async function withStage(use: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await Stage.open();
  try {
    await use(stage);
  } finally {
    await stage.close();
  }
}

function of<T extends EventType>(events: readonly OispEvent[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.event_type === type);
}

/**
 * One line a link: what was linked, by which rule, to the tool call with which command. Of the long command the sensor knows all
 * or the beginning, as fast as it was.
 */
function effectsOf(events: readonly OispEvent[], type: EventType, name: (event: OispEvent) => string): string[] {
  const calls = new Map(of(events, "agent.tool_call").map((call) => [call.event_id, commandOf(call)]));
  return events.filter((event) => event.event_type === type).flatMap((event) =>
    (event.related_events ?? []).filter(({ relationship }) => relationship === "caused_by").map((link) =>
      `${name(event)} ${link.rule}: ${calls.get(link.event_id)}`.replace(/argv_(?:exact|begins): long/, "argv: long")
    )
  ).sort();
}

function commandOf({ data }: EventOf<"agent.tool_call">): string {
  const { command } = data.arguments as { command?: string };
  return command === undefined
    ? data.tool.name ?? ""
    : command.startsWith("echo") || command.length < 12
    ? command
    : command === LONG_COMMAND
    ? "long"
    : "helper";
}

const programOf = (event: OispEvent) =>
  event.event_type === "process.exec" ? event.data.exe?.split("/").at(-1) ?? "" : "";

/** What the story of `taskOf` is, whoever acts it. */
function requireStory(events: readonly OispEvent[], agent: AgentProgram): void {
  const asked = [
    "todowrite",
    "echo 'hi there' > out.txt; ls -l out.txt | cat",
    "long",
    "helper",
    "uname -s",
    "todowrite",
    "exit 3",
  ];
  const calls = of(events, "agent.tool_call");
  deepStrictEqual(calls.map(commandOf), asked);
  const results = of(events, "agent.tool_result");
  // Each once, although every later request repeats it; the helper's comes before that of the call that started it.
  deepStrictEqual(
    results.map(({ data }) => data.related_event_id).sort(),
    calls.map((call) => call.event_id).sort(),
  );
  for (const { data } of results) {
    deepStrictEqual(data.duration_source, data.tool?.kind === "shell" ? "process" : "next_request");
  }
  // Nobody approves here: each command, the only call of its answer, is started at once.
  for (const { data, attrs } of results) {
    strictEqual(typeof attrs?.approval_wait_ms, data.tool?.kind === "shell" ? "number" : "undefined");
  }
  deepStrictEqual(
    results.filter(({ data }) => data.tool?.kind === "shell").map(({ data }) => data.success),
    [true, true, true, true, false],
  );
  ok(results.some(({ data }) => JSON.stringify(data.result).includes("Linux")), "the helper's own command ran");

  const shell = asked[1];
  deepStrictEqual(
    effectsOf(events, "process.exec", programOf),
    [
      `${agent.exeName} started_by: helper`,
      "bash argv: long",
      "bash argv_exact: " + shell,
      "bash argv_exact: exit 3",
      "bash argv_exact: helper",
      "bash argv_exact: uname -s",
      "cat started_by: " + shell,
      "cat started_by: long",
      "ls started_by: " + shell,
      "uname started_by: uname -s",
    ].sort(),
  );
  const long = of(events, "process.exec").find(({ data }) => String(data.args?.[1]).startsWith("cat > long.txt"));
  deepStrictEqual(long?.confidence.missing, long?.data.args?.[1] === LONG_COMMAND ? undefined : ["args"]);
  const ends = effectsOf(events, "process.exit", () => "exit");
  deepStrictEqual(ends.filter((line) => line.endsWith("exit 3")), ["exit started_by: exit 3"]);
  strictEqual(ends.length, 8, ends.join("\n"));
  const failed = of(events, "process.exit").find(({ data }) => data.exit_code === 3);
  ok(failed?.related_events?.some(({ event_id: id }) => id === calls.at(-1)?.event_id));
  requireSessions(events);
  deepStrictEqual(of(events, "agent.plan_step").map(({ data }) => `${data.step_index} ${data.status}`), [
    "0 in_progress",
    "1 pending",
    "0 completed",
    "1 completed",
  ]);
}

function requireSessions(events: readonly OispEvent[]): void {
  const sessions = of(events, "agent.session");
  const [main, helper, ...others] = sessions.filter(({ data }) => data.action === "start");
  deepStrictEqual(others, []);
  const helperCall = of(events, "agent.tool_call")[3];
  // The helper is a sub-agent: its requests and its session name the call that started it, its session the one it works for.
  deepStrictEqual(effectsOf(events, "ai.request", () => "request"), [
    "request started_by: helper",
    "request started_by: helper",
  ]);
  deepStrictEqual(helper?.related_events?.map(({ event_id: id, relationship }) => [relationship, id]), [
    ["caused_by", helperCall?.event_id],
    ["parent", main?.event_id],
  ]);
  const ends = new Map(
    sessions.filter(({ data }) => data.action === "end").map((event) => [event.data.session_id, event]),
  );
  const mainEnd = ends.get(main?.data.session_id ?? "");
  const helperEnd = ends.get(helper?.data.session_id ?? "");
  deepStrictEqual([mainEnd, helperEnd].map((end) => end?.confidence.reasons), [["process_ended"], ["process_ended"]]);
  deepStrictEqual([mainEnd, helperEnd].map((end) => end?.data.stats?.tool_failures), [1, 0]);
  const countsOf = (
    end: typeof mainEnd,
  ) => [end?.data.stats?.llm_calls, end?.data.stats?.tool_calls, end?.data.stats?.commands];
  deepStrictEqual([countsOf(mainEnd), countsOf(helperEnd)], [[7, 6, 4], [2, 1, 1]]);
  for (const { data } of of(events, "agent.tool_call")) {
    ok(ends.has(data.agent?.session_id ?? ""), "the call's session");
  }
}

for (const agent of AGENTS) {
  testOrSkip(
    `an agent in ${agent.name} under run: calls, results, effects, plan, sessions and a sub-agent, live and replayed`,
    reason ?? agent.reason,
    () =>
      withStage(async (stage) => {
        const { outcome, events, recording } = await captureRun(stage, [...agent.command, taskOf(agent)], {
          env: KEYS,
        });
        strictEqual(outcome.code, 0, outcome.stderr);
        ok(outcome.stdout.includes("Answer to call-main"), outcome.stdout);
        requireStory(events, agent);
        const path = `${stage.folder}/replayed.jsonl`;
        const replay = await stage.run([...oispCommand(), "replay", "--redaction", "full", "-o", path, recording]);
        strictEqual(replay.code, 0, replay.stderr);
        deepStrictEqual(readEvents(path).map(toId), events.map(toId));
      }),
  );

  testOrSkip(
    `an agent in ${agent.name} beside record: the same story, found in the events of the whole machine`,
    reason ?? agent.reason,
    () =>
      withStage(async (stage) => {
        // A flood of some other program of the machine may cost the sensor bytes: then what it tells is not judged.
        for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
          const { events, hasLost } = await recordAgent(stage, agent);
          if (!hasLost || attempt + 1 === MAX_ATTEMPTS) return requireStory(events, agent);
        }
      }),
  );
}

/** Runs the agent beside a sensor of the whole machine; gives the events of the agent and what it started. */
async function recordAgent(stage: Stage, agent: AgentProgram): Promise<{ events: OispEvent[]; hasLost: boolean }> {
  const output = `${stage.folder}/all.jsonl`;
  const command = [...oispCommand(), "record", "-o", output, "--no-append", "--redaction", "full"];
  const sensor = stage.spawn(["sh", "-c", 'echo $$ > sensor.pid; exec "$@"', "sh", ...command]);
  const done = finish(sensor, command, 60_000);
  await waitForSensor(stage);
  const outcome = await stage.run([...agent.command, taskOf(agent)], { env: KEYS });
  strictEqual(outcome.code, 0, outcome.stderr);
  Deno.kill(Number(await Deno.readTextFile(`${stage.folder}/sensor.pid`)), "SIGINT");
  const { code, stderr } = await done;
  strictEqual(code, 0, stderr);
  return { events: readEvents(output).filter(isOurs(stage)), hasLost: !/^ *lost +0$/m.test(stderr) };
}

const python = AGENTS.find(({ name }) => name === "python");

testOrSkip(
  "a known agent's session begins when its program is started, and says so",
  reason ?? python?.reason,
  () =>
    withStage(async (stage) => {
      const [interpreter = "", script = ""] = python?.command ?? [];
      await Deno.copyFile(script, `${stage.folder}/claude`);
      const task = 'Do call-known.\nSTEP bash {"command":"uname -s"}';
      const { outcome, events } = await captureRun(stage, [interpreter, `${stage.folder}/claude`, task], { env: KEYS });
      strictEqual(outcome.code, 0, outcome.stderr);
      const [start, end, ...others] = of(events, "agent.session");
      deepStrictEqual([others.length, start?.data.agent?.name], [0, "Claude Code"]);
      const exec = of(events, "process.exec").find(({ event_id: id }) => id === start?.related_events?.[0]?.event_id);
      strictEqual(exec?.data.args?.[0], `${stage.folder}/claude`);
      strictEqual(start?.related_events?.[0]?.rule, "agent_exec");
      strictEqual(start?.timestamp, exec?.timestamp);
      const exit = of(events, "process.exit").find(({ data }) => data.pid === exec?.data.pid);
      strictEqual(end?.timestamp, exit?.timestamp);
    }),
);

const eager = AGENTS.find(({ name }) => name === "node");

testOrSkip(
  "an agent that acts before the answer has ended: the call names the programs, which nothing could name before it",
  reason ?? eager?.reason,
  () =>
    withStage(async (stage) => {
      const task = ["Do call-eager.", 'STEP bash {"command":"echo early > early.txt; ls early.txt | cat"}'].join("\n");
      const { outcome, events } = await captureRun(stage, [...eager?.command ?? [], task], {
        env: { ...KEYS, AGENT_EAGER: "1" },
      });
      strictEqual(outcome.code, 0, outcome.stderr);
      const [call, ...others] = of(events, "agent.tool_call");
      deepStrictEqual(others, []);
      const programs = new Map(of(events, "process.exec").map((event) => [event.event_id, programOf(event)]));
      deepStrictEqual(
        call?.related_events?.map(({ relationship, rule, event_id: id }) =>
          `${relationship} ${programs.get(id)} ${rule}`
        )
          .sort(),
        ["causes bash argv_exact", "causes cat started_by", "causes ls started_by"],
      );
      const [result] = of(events, "agent.tool_result");
      strictEqual(result?.data.duration_source, "process");
      strictEqual(of(events, "agent.session").at(-1)?.data.stats?.commands, 1);
    }),
);

/** The machine has other programs; those of the test run in the stage's folder, or were started by one that does. */
function isOurs(stage: Stage): (event: OispEvent) => boolean {
  const ours = new Set<number>();
  return ({ process }) => {
    const { pid, ppid, cwd } = process ?? {};
    if (pid === undefined) return false;
    if (cwd === stage.folder || (ppid !== undefined && ours.has(ppid))) ours.add(pid);
    return ours.has(pid);
  };
}

async function waitForSensor(stage: Stage): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const { stdout, code } = await stage.run([...oispCommand(), "status", "--wait", "20s", "--json"]);
    if (code === 0 && JSON.parse(stdout).sensors.length > 0) return;
  }
  throw new Error("the sensor never appeared in oisp status");
}

/** What makes an event the same one. */
function toId({ event_id: id, event_type: type, related_events: links }: OispEvent): unknown {
  return [type, id, links ?? []];
}
