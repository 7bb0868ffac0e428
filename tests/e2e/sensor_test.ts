/** Sensors that run: record, tail, status; pipes that close; sensors that die. */
import { deepStrictEqual, match, strictEqual } from "node:assert";
import { isOnPath } from "../../scripts/run.ts";
import { testOrSkip } from "../skip.ts";
import { findLeftPrograms, listProgramIds } from "./bpf_programs.ts";
import { chatJob, CLIENTS, messagesJob } from "./job.ts";
import { findCaptureReason, oispCommand, readEvents } from "./oisp.ts";
import { finish, type Outcome, Stage } from "./stage.ts";

const curl = CLIENTS[0];
const reason = findCaptureReason() ?? curl?.reason;
const words = oispCommand().map((part) => `'${part}'`).join(" ");

async function withStage(use: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await Stage.open();
  try {
    await use(stage);
  } finally {
    await stage.close();
  }
}

/** Starts `oisp record` on the stage and waits until it is attached. */
async function startSensor(stage: Stage, flags: readonly string[]): Promise<Sensor> {
  const command = ["sh", "-c", `echo $$ > sensor.pid; exec ${words} record "$@"`, "sh", ...flags];
  const child = stage.spawn(command);
  const pid = await waitForSensor(stage);
  return {
    pid,
    stop: (signal = "SIGINT") => {
      Deno.kill(pid, signal);
      return finish(child, command, 20_000);
    },
  };
}

/** Waits until the sensor whose id stands in `sensor.pid` is among those that run, and all of them are attached. */
async function waitForSensor(stage: Stage): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const { stdout, stderr, code } = await stage.run([...oispCommand(), "status", "--wait", "20s", "--json"]);
    strictEqual(code, 0, stderr + stdout);
    const pid = Number(await Deno.readTextFile(`${stage.folder}/sensor.pid`));
    const sensors: { pid: number }[] = JSON.parse(stdout).sensors;
    if (sensors.some((sensor) => sensor.pid === pid)) return pid;
  }
  throw new Error("the sensor never appeared in oisp status");
}

interface Sensor {
  readonly pid: number;
  stop(signal?: Deno.Signal): Promise<Outcome>;
}

testOrSkip(
  "record sees the calls of every program of the machine, and each call once",
  reason,
  () =>
    withStage(async (stage) => {
      const sensor = await startSensor(stage, ["-o", "calls.jsonl", "--redaction", "full"]);
      const programs = CLIENTS.filter((client) => client.reason === undefined);
      for (const [index, client] of programs.entries()) await stage.run(client.command([chatJob(`call-w${index}`)]));
      const { code, stderr } = await sensor.stop();
      strictEqual(code, 0, stderr);
      // The whole machine is seen, so whatever else calls a provider meanwhile is there, too.
      const requests = readEvents(`${stage.folder}/calls.jsonl`).filter((event) => event.event_type === "ai.request");
      const names = requests.flatMap((event) => /call-w\d+/.exec(JSON.stringify(event)) ?? []).sort();
      deepStrictEqual(names, programs.map((_, index) => `call-w${index}`).sort());
    }),
);

testOrSkip(
  "record --exe sees every call of programs that live some milliseconds, and none of others",
  reason,
  () =>
    withStage(async (stage) => {
      await stage.run(["sh", "-c", `cp "$(command -v curl)" short-client`]);
      const sensor = await startSensor(stage, ["-o", "calls.jsonl", "--redaction", "full", "--exe", "*/short-*"]);
      const line = (name: string) => curl?.command([chatJob(name)])[2] ?? "";
      const lane = (lane: number) =>
        Array.from({ length: 8 }, (_, n) => line(`call-s${lane * 8 + n}`).replace("curl -sS", "./short-client -sS"));
      const lanes = Array.from({ length: 5 }, (_, index) => `( ${lane(index).join("; ")} ) &`);
      await stage.run(["sh", "-c", `${lanes.join("\n")}\n${line("call-other")}\nwait`]);
      const { code, stderr } = await sensor.stop();
      strictEqual(code, 0, stderr);
      const requests = readEvents(`${stage.folder}/calls.jsonl`).filter((event) => event.event_type === "ai.request");
      const names = requests.map((event) => /call-\w+/.exec(JSON.stringify(event))?.[0]).sort();
      deepStrictEqual(names, Array.from({ length: 40 }, (_, n) => `call-s${n}`).sort());
    }),
);

testOrSkip(
  "record -o - is JSON lines from the first byte, and head -1 ends it without a complaint",
  reason,
  () =>
    withStage(async (stage) => {
      const calls = curl?.command([chatJob("call-h1"), chatJob("call-h2"), chatJob("call-h3")])[2];
      const script =
        `{ ${words} status --wait 20s >/dev/null 2>&1; for i in 1 2 3 4 5; do { ${calls}; } >/dev/null 2>&1; done; } &
      ${words} record -o - --duration 60s | head -1`;
      const { stdout, stderr } = await stage.run(["bash", "-o", "pipefail", "-c", script]);
      const lines = stdout.trim().split("\n");
      strictEqual(lines.length, 1, stderr);
      strictEqual(typeof JSON.parse(lines[0] ?? "").event_type, "string");
      strictEqual(/error|panic|Uncaught/i.test(stderr), false, stderr);
    }),
);

testOrSkip(
  "tail | jq gets pure JSON of the sensor that runs",
  reason ?? (isOnPath("jq") ? undefined : "jq is missing"),
  () =>
    withStage(async (stage) => {
      const sensor = await startSensor(stage, ["-o", "calls.jsonl"]);
      const calls = curl?.command([messagesJob("call-t1"), messagesJob("call-t2")])[2];
      // Calls go on until one was seen: how long tail takes to subscribe is not known. Tail then ends by itself.
      const script =
        `mkfifo events; ${words} tail > events & tail=$!; jq --unbuffered -r 'select(.event_type=="ai.response") | .data.usage.total_tokens' < events | head -1 &
      reader=$!; while kill -0 $reader 2>/dev/null; do { ${calls}; } >/dev/null; done; wait $reader; wait $tail; echo $?`;
      const { stdout, stderr } = await stage.run(["bash", "-c", script]);
      await sensor.stop();
      match(stdout, /^\d+\n0\n$/, stderr);
    }),
);

testOrSkip(
  "tail ends with its reader although nothing happens: of a sensor, and where it captures itself",
  reason,
  () =>
    withStage(async (stage) => {
      const script = `timeout 30 ${words} tail --exe /nonexistent | true; echo "\${PIPESTATUS[0]}"`;
      const alone = await stage.run(["bash", "-c", script]);
      strictEqual(alone.stdout, "0\n", alone.stderr);
      const sensor = await startSensor(stage, ["-o", "calls.jsonl", "--exe", "/nonexistent"]);
      const joined = await stage.run(["bash", "-c", script]);
      strictEqual(joined.stdout, "0\n", joined.stderr);
      strictEqual((await sensor.stop()).code, 0);
    }),
);

testOrSkip(
  "tail --since gives what the sensor saw before, and --filter chooses among it",
  reason,
  () =>
    withStage(async (stage) => {
      const sensor = await startSensor(stage, ["-o", "calls.jsonl"]);
      const call = await stage.run(curl?.command([chatJob("call-s1"), messagesJob("call-s2")]) ?? []);
      strictEqual(call.code, 0, call.stderr);
      const tail = [
        ...oispCommand(),
        "tail",
        "-n",
        "1",
        "--since",
        "5m",
        "--filter",
        "provider:anthropic type:ai.response",
      ];
      const { stdout, stderr, code } = await stage.run(tail);
      await sensor.stop();
      strictEqual(code, 0, stderr);
      const event = JSON.parse(stdout);
      deepStrictEqual([event.event_type, event.data.provider.id], ["ai.response", "anthropic"]);
    }),
);

const nodeReason = reason ?? (isOnPath("node") ? undefined : "node is missing");

testOrSkip(
  "a call between two programs on OpenSSL appears once, although both ends are seen",
  nodeReason,
  () =>
    withStage(async (stage) => {
      const server = `${stage.folder}/server.mjs`;
      const bundled = await new Deno.Command(Deno.execPath(), {
        args: ["bundle", "-q", "-o", server, new URL("../standin/main_node.ts", import.meta.url).pathname],
      }).output();
      strictEqual(bundled.success, true, new TextDecoder().decode(bundled.stderr));
      const command = ["sh", "-c", `echo $$ > node.pid; exec node "$0" . 8443`, server];
      const child = stage.spawn(command);
      const done = finish(child, command, 60_000);
      const sensor = await startSensor(stage, ["-o", "calls.jsonl", "--redaction", "full"]);
      const jobs = [chatJob("call-once"), messagesJob("call-once", { stream: true })];
      for (const http of ["", "--http1.1"]) {
        const calls = curl?.command(jobs)[2]?.replace(/(https:\/\/[a-z.]+)\//g, "$1:8443/").replaceAll(
          "--http1.1",
          http,
        );
        const { code, stderr } = await stage.run(["sh", "-c", `for i in 1 2 3; do ${calls}; done`]);
        strictEqual(code, 0, stderr);
      }
      await sensor.stop();
      Deno.kill(Number(await Deno.readTextFile(`${stage.folder}/node.pid`)), "SIGTERM");
      await done;
      const events = readEvents(`${stage.folder}/calls.jsonl`);
      strictEqual(stage.log("node-log.jsonl").length, 12);
      const isOwn = (event: object) => JSON.stringify(event).includes("call-once");
      strictEqual(events.filter((event) => event.event_type === "ai.request" && isOwn(event)).length, 12);
      strictEqual(events.filter((event) => event.event_type === "ai.response" && isOwn(event)).length, 12);
      deepStrictEqual(events.filter((event) => event.attrs?.role === "server" && isOwn(event)), []);
    }),
);

testOrSkip("two sensors at once both see each call", reason, () =>
  withStage(async (stage) => {
    const first = await startSensor(stage, ["-o", "first.jsonl"]);
    const second = await startSensor(stage, ["-o", "second.jsonl"]);
    const both = await stage.run([...oispCommand(), "status", "--wait", "20s", "--json"]);
    strictEqual(both.stdout.includes(String(first.pid)) && both.stdout.includes(String(second.pid)), true, both.stdout);
    await stage.run(curl?.command([chatJob("call-two")]) ?? []);
    await first.stop();
    await second.stop();
    for (const name of ["first", "second"]) {
      // Both watch the whole machine: calls of programs elsewhere are theirs to see and not of this test.
      const types = readEvents(`${stage.folder}/${name}.jsonl`).flatMap(({ event_type: type, process }) =>
        type.startsWith("ai.") && process?.cwd === stage.folder ? [type] : []
      );
      deepStrictEqual(types, ["ai.request", "ai.response"], name);
    }
  }));

testOrSkip("record that is ended while it starts ends in order", reason, () =>
  withStage(async (stage) => {
    // The signal comes as soon as there is a handler for it (bit 14 of SigCgt), long before the capture is open.
    const script = `${words} record -o early.jsonl & pid=$!
      until (( 0x$(sed -n 's/^SigCgt:[[:space:]]*//p' /proc/$pid/status) & 0x4000 )); do :; done
      kill -TERM $pid; wait $pid; echo "code $?"`;
    const { stdout, stderr } = await stage.run(["bash", "-c", script]);
    strictEqual(stdout, "code 0\n", stderr);
    match(stderr, /calls in/);
  }));

testOrSkip(
  "a sensor that was killed leaves no probe and no socket in the way of the next one",
  reason,
  () =>
    withStage(async (stage) => {
      const sensor = await startSensor(stage, ["-o", "killed.jsonl"]);
      const programs = listProgramIds(sensor.pid);
      strictEqual(programs.length > 0, true);
      await sensor.stop("SIGKILL");
      deepStrictEqual(await findLeftPrograms(programs), []);
      const next = await startSensor(stage, ["-o", "next.jsonl"]);
      await stage.run(curl?.command([chatJob("call-next")]) ?? []);
      strictEqual((await next.stop()).code, 0);
      strictEqual(readEvents(`${stage.folder}/next.jsonl`).some((event) => event.event_type === "ai.response"), true);
    }),
);

testOrSkip("status says 1 and nothing else when no sensor runs", reason, () =>
  withStage(async (stage) => {
    const { code } = await stage.run([...oispCommand(), "status"]);
    strictEqual(code, 1);
  }));
