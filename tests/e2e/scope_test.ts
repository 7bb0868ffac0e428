/** What is captured and what is not: the tree of the command, nothing beside it, nothing that is no AI traffic. */
import { deepStrictEqual, strictEqual } from "node:assert";
import { testOrSkip } from "../skip.ts";
import { factsOfEvents, factsOfLog } from "./call_facts.ts";
import { chatJob, CLIENTS, type Job, messagesJob, PLANTED_KEYS } from "./job.ts";
import { type CapturedRun, captureRun, findCaptureReason } from "./oisp.ts";
import { Stage } from "./stage.ts";

const curl = CLIENTS[0];
const reason = findCaptureReason() ?? curl?.reason;

function curlLine(name: string): string {
  return curl?.command([chatJob(name)])[2] ?? "";
}

async function withStage(use: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await Stage.open();
  try {
    await use(stage);
  } finally {
    await stage.close();
  }
}

/** Names of the calls (`call-…`) that events speak of. */
function calledNames(events: unknown): string[] {
  return [...new Set(JSON.stringify(events).match(/call-[a-z]+\d*/g))].sort();
}

testOrSkip("a child that made its own session after its parent is captured", reason, () =>
  withStage(async (stage) => {
    const script = `setsid sh -c 'sleep 0.2; ${curlLine("call-session").replaceAll("'", `'\\''`)}' & sleep 1`;
    const { events } = await captureRun(stage, ["sh", "-c", script]);
    deepStrictEqual(factsOfEvents(events), factsOfLog(stage.log()));
    strictEqual(events.length >= 2, true);
  }));

testOrSkip(
  "a program outside the tree does not appear, although it uses the same library at the same time",
  reason,
  () =>
    withStage(async (stage) => {
      const outside = stage.run(["sh", "-c", `for i in 1 2 3 4 5 6; do ${curlLine("call-outside")}; sleep 0.1; done`]);
      const { events } = await captureRun(stage, ["sh", "-c", `sleep 0.3; ${curlLine("call-inside")}`]);
      await outside;
      deepStrictEqual(calledNames(events), ["call-inside"]);
    }),
);

testOrSkip("the program that a shell became by exec is captured as itself", reason, () =>
  withStage(async (stage) => {
    const client = CLIENTS.find(({ name }) => name === "python urllib");
    const [, script = "", jobs = ""] = client?.command([chatJob("call-exec")]) ?? [];
    const { events } = await captureRun(stage, ["sh", "-c", 'exec python3 "$1" "$2"', "sh", script, jobs]);
    const request = events.find((event) => event.event_type === "ai.request");
    deepStrictEqual(factsOfEvents(events), factsOfLog(stage.log()));
    strictEqual(/python/.test(request?.process?.exe ?? ""), true, JSON.stringify(request?.process));
  }));

/** Jobs that are given on stdin, so that no command line holds what they hold. */
const python = CLIENTS.find(({ name }) => name === "python urllib");
const pythonReason = reason ?? python?.reason;

function captureJobs(stage: Stage, jobs: readonly Job[], redaction: string): Promise<CapturedRun> {
  const command = (python?.command([]) ?? []).map((word) => word === "[]" ? "-" : word);
  return captureRun(stage, command, { redaction, stdin: JSON.stringify(jobs) });
}

testOrSkip(
  "traffic that is no AI traffic leaves no byte in any output",
  pythonReason,
  () =>
    withStage(async (stage) => {
      const page = { url: "https://www.example.org/page", headers: { "x-planted": "planted-header-text" } };
      const run = await captureJobs(stage, [page, chatJob("call-ai"), page], "full");
      deepStrictEqual(calledNames(run.events), ["call-ai"]);
      const bytes = await Deno.readFile(run.recording);
      const all = JSON.stringify([run.events, run.report]) + new TextDecoder("latin1").decode(bytes) +
        run.outcome.stderr;
      for (const planted of ["planted-header-text", "planted-page-text"]) {
        strictEqual(all.includes(planted), false, planted);
      }
    }),
);

for (const mode of ["safe", "masked"]) {
  testOrSkip(
    `${mode}: no planted key, address or card number is in any byte of stdout, stderr or files`,
    reason,
    () =>
      withStage(async (stage) => {
        const text = "Write to jane.doe@corp.example, card 4111 1111 1111 1111, key AKIA" + "IOSFODNN7EXAMPLX.";
        const jobs = [
          chatJob("call-secret", { text, stream: true }),
          messagesJob("call-secret", { text, tools: true }),
        ];
        const run = await captureRun(stage, curl?.command(jobs) ?? [], { redaction: mode });
        const all = JSON.stringify([run.events, run.report]) + run.outcome.stdout + run.outcome.stderr;
        strictEqual(run.events.length > 0, true, run.outcome.stderr);
        for (
          const secret of [...PLANTED_KEYS, "jane.doe@corp.example", "4111 1111 1111 1111", "AKIA" + "IOSFODNN7EXAMPLX"]
        ) {
          strictEqual(all.includes(secret), false, secret);
        }
      }),
  );
}

for (const mode of ["safe", "masked", "full", "minimal"]) {
  testOrSkip(
    `${mode}: the values of credential headers appear in no byte, recording included`,
    pythonReason,
    () =>
      withStage(async (stage) => {
        const run = await captureJobs(stage, [chatJob("call-key"), messagesJob("call-key")], mode);
        const bytes = new TextDecoder("latin1").decode(await Deno.readFile(run.recording));
        const all = JSON.stringify([run.events, run.report]) + run.outcome.stderr + bytes;
        strictEqual(run.events.some((event) => event.event_type === "ai.response"), true, run.outcome.stderr);
        for (const key of PLANTED_KEYS) strictEqual(all.includes(key), false, key);
      }),
  );
}

testOrSkip(
  "curl through an HTTPS proxy is one call, told apart from the tunnel around it",
  reason,
  () =>
    withStage(async (stage) => {
      const command = curlLine("call-proxy").replace(
        "curl -sS",
        `curl -sS --proxy-cacert "$SSL_CERT_FILE" -x https://proxy.example.org:${stage.proxyPort}`,
      );
      const { events } = await captureRun(stage, ["sh", "-c", command]);
      deepStrictEqual(factsOfEvents(events), factsOfLog(stage.log()));
      strictEqual(stage.log().length, 1);
    }),
);
