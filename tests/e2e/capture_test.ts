/** Real clients under `oisp run`: every fact, and every byte of every body. */
import { deepStrictEqual, strictEqual } from "node:assert";
import { Buffer } from "node:buffer";
import type { EventOf, OispEvent } from "../../core/model/oisp_event.ts";
import type { LoggedExchange } from "../standin/exchange_log.ts";
import { testOrSkip } from "../skip.ts";
import { factsOfEvents, factsOfLog } from "./call_facts.ts";
import { chatJob, type ClientProgram, CLIENTS, healthJob, type Job, messagesJob } from "./job.ts";
import { type CapturedRun, captureRun, findCaptureReason } from "./oisp.ts";
import { readRecordedBytes } from "./recorded_bytes.ts";
import { Stage } from "./stage.ts";

const reason = findCaptureReason();

function findClient(name: string): ClientProgram {
  const client = CLIENTS.find((candidate) => candidate.name === name);
  if (!client) throw new TypeError(`no client ${name}`);
  return client;
}

async function withStage(use: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await Stage.open();
  try {
    await use(stage);
  } finally {
    await stage.close();
  }
}

const KINDS: Record<string, Job[]> = {
  "plain answers": [chatJob("call-c1"), messagesJob("call-m1")],
  "streams": [
    chatJob("call-c2", { stream: true, wishes: { chunks: 9 } }),
    messagesJob("call-m2", { stream: true, wishes: { chunks: 9 } }),
  ],
  "gzip and br": [
    chatJob("call-c3", { wishes: { coding: "gzip" } }),
    chatJob("call-c4", { stream: true, wishes: { coding: "br" } }),
    messagesJob("call-m3", { stream: true, wishes: { coding: "gzip" } }),
    messagesJob("call-m4", { wishes: { coding: "br" } }),
  ],
  "tool calls": [
    chatJob("call-c5", { tools: true }),
    chatJob("call-c6", { tools: true, stream: true }),
    messagesJob("call-m5", { tools: true }),
    messagesJob("call-m6", { tools: true, stream: true }),
  ],
};

/** Every body of the log stands in the recording, whole and at the end of its message. */
async function requireSameBytes(log: readonly LoggedExchange[], recording: string): Promise<void> {
  const connections = await readRecordedBytes(recording);
  for (const line of log) {
    const request = Buffer.from(line.request_body, "base64");
    const response = Buffer.from(line.response_body, "base64");
    const found = connections.some(({ sent, received }) => sent.includes(request) && received.includes(response));
    strictEqual(found, true, `${line.host}${line.path}: bodies of the log are not in the recording`);
  }
}

function requireRun({ outcome }: CapturedRun): void {
  strictEqual(outcome.code, 0, outcome.stderr);
}

for (const client of CLIENTS) {
  for (const [kind, jobs] of Object.entries(KINDS)) {
    testOrSkip(
      `run captures ${kind} of ${client.name}, every fact and every byte`,
      reason ?? client.reason,
      () =>
        withStage(async (stage) => {
          const run = await captureRun(stage, client.command(jobs));
          requireRun(run);
          strictEqual(stage.log().length, jobs.length);
          deepStrictEqual(factsOfEvents(run.events), factsOfLog(stage.log()));
          // Bodies of HTTP/2 are cut into frames: there the facts alone are compared.
          if (!client.name.includes("HTTP/2")) await requireSameBytes(stage.log(), run.recording);
        }),
    );
  }
}

testOrSkip(
  "200 calls one after the other on one connection are 200 right pairs",
  reason ?? findClient("node https").reason,
  () =>
    withStage(async (stage) => {
      const jobs = Array.from({ length: 200 }, (_, index) => chatJob(`call-s${index}`, { stream: index % 3 === 0 }));
      const run = await captureRun(stage, findClient("node https").command(jobs));
      requireRun(run);
      deepStrictEqual(factsOfEvents(run.events), factsOfLog(stage.log()));
      strictEqual(factsOfLog(stage.log()).length, 200);
    }),
);

for (const name of ["node https", "python asyncio"]) {
  testOrSkip(
    `32 parallel connections of one ${name} program are never mixed up`,
    reason ?? findClient(name).reason,
    () =>
      withStage(async (stage) => {
        const jobs = Array.from({ length: 96 }, (_, index) =>
          (index % 2 === 0 ? chatJob : messagesJob)(`call-p${index}`, {
            stream: true,
            wishes: { pauseMs: 2, chunks: 5 },
          }));
        const run = await captureRun(stage, findClient(name).command(jobs, 32));
        requireRun(run);
        deepStrictEqual(factsOfEvents(run.events), factsOfLog(stage.log()));
        deepStrictEqual(
          run.events.filter((event) =>
            event.confidence.reasons?.includes("unbound")
          ),
          [],
        );
      }),
  );
}

for (const name of ["curl", "node https"]) {
  testOrSkip(
    `${name}: a chat after 20 health checks on one connection is captured`,
    reason ?? findClient(name).reason,
    () =>
      withStage(async (stage) => {
        const jobs = [...Array.from({ length: 20 }, healthJob), chatJob("call-after-health")];
        const command = name === "curl" ? keepAliveCurl(jobs) : findClient(name).command(jobs);
        const run = await captureRun(stage, command);
        requireRun(run);
        strictEqual(stage.log().length, 21);
        strictEqual(new Set(stage.log().map(({ client }) => client)).size, 1);
        deepStrictEqual(factsOfEvents(run.events), factsOfLog(stage.log()));
      }),
  );
}

/** All jobs in one curl process, over one connection. */
function keepAliveCurl(jobs: readonly Job[]): string[] {
  const parts = jobs.map(({ url, headers, body }) => [
    ...Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]),
    ...(body === undefined ? [] : ["--data-binary", Buffer.from(body, "base64").toString()]),
    "--http1.1",
    "-sS",
    "-o",
    "/dev/null",
    url,
  ]);
  return ["curl", ...parts.flatMap((part, index) => index === 0 ? part : ["--next", ...part])];
}

testOrSkip(
  "errors of a provider are answers with status, type and message",
  reason ?? findClient("curl").reason,
  () =>
    withStage(async (stage) => {
      const jobs = [
        chatJob("call-e1", { wishes: { status: 429 } }),
        messagesJob("call-e2", { wishes: { status: 500 } }),
      ];
      const run = await captureRun(stage, findClient("curl").command(jobs));
      const answers = run.events.filter((event): event is EventOf<"ai.response"> => event.event_type === "ai.response");
      deepStrictEqual(answers.map(({ data }) => [data.status_code, data.success, data.error?.type]), [
        [429, false, "rate_limit_error"],
        [500, false, "api_error"],
      ]);
      strictEqual(answers[0]?.data.retry_after_ms, 7000);
    }),
);

testOrSkip(
  "latency and time to first token are not below the pauses that the stand-in kept",
  reason ?? findClient("curl").reason,
  () =>
    withStage(async (stage) => {
      const wishes = { pauseMs: 30, delayMs: 40, chunks: 4 };
      const run = await captureRun(stage, findClient("curl").command([chatJob("call-slow", { stream: true, wishes })]));
      const [line] = stage.log();
      const answer = run.events.find((event): event is EventOf<"ai.response"> => event.event_type === "ai.response");
      strictEqual(
        (answer?.data.latency_ms ?? 0) >= (line?.pauses_ms ?? Infinity),
        true,
        `${answer?.data.latency_ms} ms`,
      );
      strictEqual((answer?.data.time_to_first_token_ms ?? 0) >= (line?.first_pause_ms ?? Infinity), true);
    }),
);

testOrSkip(
  "a replay of the recording gives the same events as live, ids included",
  reason ?? findClient("node https").reason,
  () =>
    withStage(async (stage) => {
      const jobs = Object.values(KINDS).flat();
      const run = await captureRun(stage, findClient("node https").command(jobs, 4));
      requireRun(run);
      const { oispCommand, readEvents } = await import("./oisp.ts");
      const path = `${stage.folder}/replayed.jsonl`;
      const replay = await stage.run([...oispCommand(), "replay", "--redaction", "full", "-o", path, run.recording]);
      strictEqual(replay.code, 0, replay.stderr);
      deepStrictEqual(readEvents(path).map(comparable), run.events.map(comparable));
    }),
);

/** What may differ between live and replay: how it was captured, and the keyed hash where the key is not at hand. */
function comparable(event: OispEvent): unknown {
  const { source: _source, ...rest } = event;
  return JSON.parse(JSON.stringify(rest, (key, value) => key === "original_hash" ? undefined : value));
}
