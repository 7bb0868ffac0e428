import assert from "node:assert/strict";
import { MS, Stage } from "../../tests/support/call_stage.ts";
import { Random } from "../../tests/support/random.ts";

const BASE = "https://api.replicate.com/v1";
const STARTED = {
  id: "p1",
  model: "meta/llama-3",
  status: "starting",
  output: null,
  error: null,
  urls: { get: `${BASE}/predictions/p1`, stream: "https://stream.replicate.com/v1/files/abc" },
};
const DONE = { ...STARTED, status: "succeeded", output: ["Hel", "lo"], metrics: { output_token_count: 2 } };

function ask(stage: Stage, answer: unknown = STARTED): void {
  const exchange = stage.open(`${BASE}/models/meta/llama-3/predictions`);
  stage.send(exchange, JSON.stringify({ input: { prompt: "Hi" } }));
  stage.answer(exchange, [[JSON.stringify(answer), 50]], { status: 201 });
  stage.end(exchange);
}

function fetchFrom(
  stage: Stage,
  url: string,
  body: string,
  timeMs: number,
  options: { status?: number; headers?: Record<string, string>; method?: string; completeness?: "aborted" } = {},
): boolean {
  const exchange = stage.open(url, { method: options.method ?? "GET" });
  const isTaken = stage.send(exchange, "");
  stage.answer(exchange, [[body, timeMs]], options);
  stage.stage.exchangeEnd(exchange, timeMs * MS);
  return isTaken;
}

Deno.test("the poll that brings the outcome is the answer of the call, and polls are no calls", () => {
  const stage = new Stage();
  ask(stage);
  assert.deepEqual(stage.types(), ["ai.request"]);
  fetchFrom(stage, STARTED.urls.get, JSON.stringify({ ...STARTED, status: "processing", output: ["Hel"] }), 500);
  assert.deepEqual(stage.types(), ["ai.request"]);
  fetchFrom(stage, STARTED.urls.get, JSON.stringify(DONE), 900);
  const request = stage.single("ai.request");
  const { data, attrs, confidence, timestamp } = stage.single("ai.response");
  assert.equal(data.choices?.[0]?.message.content, "Hello");
  assert.deepEqual([data.status_code, data.success, data.latency_ms, data.related_event_id, data.request_id], [
    201,
    true,
    900,
    request.event_id,
    "p1",
  ]);
  assert.deepEqual([attrs?.polls, attrs?.accepted_ms, timestamp], [2, 50, "1970-01-01T00:00:00.900000Z"]);
  assert.deepEqual(confidence, { level: "high", completeness: "full" });
  fetchFrom(stage, STARTED.urls.get, JSON.stringify(DONE), 950);
  assert.deepEqual(stage.types(), ["ai.request", "ai.response"]);
  assert.deepEqual(stage.classes.slice(-2), ["ai", "not_ai"], "polls are kept in recordings, other looks are not");
});

Deno.test("the stream of accepted work is the answer of the call, with its own times", () => {
  const stage = new Stage({ wantsChunks: true });
  ask(stage);
  const events =
    "event: output\nid: 1:0\ndata: Hel\n\nevent: output\nid: 1:1\ndata: lo\n\nevent: done\nid: 1:2\ndata: {}\n\n";
  fetchFrom(stage, STARTED.urls.stream, events, 300, { headers: { "content-type": "text/event-stream" } });
  const { data } = stage.single("ai.response");
  assert.equal(data.choices?.[0]?.message.content, "Hello");
  assert.deepEqual([data.streaming, data.stream?.chunks, data.time_to_first_token_ms, data.request_id], [
    true,
    2,
    300,
    "p1",
  ]);
  const chunks = stage.drafts.filter(({ event }) => event.event_type === "ai.streaming_chunk");
  assert.equal(chunks.length, 2);
  fetchFrom(stage, STARTED.urls.get, JSON.stringify(DONE), 400);
  assert.equal(stage.types().filter((type) => type === "ai.response").length, 1);
});

Deno.test("failed and canceled work is a failed answer with the vendor's words", () => {
  for (const [status, error] of [["failed", "CUDA out of memory"], ["canceled", null]] as const) {
    const stage = new Stage();
    ask(stage);
    fetchFrom(stage, STARTED.urls.get, JSON.stringify({ ...STARTED, status, error }), 70);
    const { data } = stage.single("ai.response");
    assert.equal(data.success, false);
    assert.deepEqual(data.error, error === null ? { type: "canceled" } : { message: error });
    assert.equal(data.request_id, "p1");
  }
});

Deno.test("an answer that is waited for on the asking connection needs no poll", () => {
  const stage = new Stage();
  ask(stage, DONE);
  assert.equal(stage.single("ai.response").data.success, true);
  assert.equal(stage.single("ai.response").attrs?.polls, undefined);
});

Deno.test("work nobody asks about any more is told without its outcome, as what its own answer says", () => {
  const stage = new Stage();
  ask(stage);
  stage.stage.advance(500e9);
  assert.deepEqual(stage.types(), ["ai.request"]);
  fetchFrom(stage, STARTED.urls.get, JSON.stringify(STARTED), 550_000);
  stage.stage.advance(700e9);
  assert.deepEqual(stage.types(), ["ai.request"], "a poll prolongs the wait");
  stage.stage.advance(Number.MAX_SAFE_INTEGER);
  const { data, confidence } = stage.single("ai.response");
  assert.deepEqual([data.success, data.status_code, data.latency_ms, data.choices], [true, 201, 50, undefined]);
  assert.equal(confidence.completeness, "partial");
  assert.deepEqual(confidence.reasons, ["outcome_not_seen"]);
});

Deno.test("a poll that was refused, cut, lost, deleted or canceled says nothing about the work", () => {
  const stage = new Stage();
  ask(stage);
  fetchFrom(stage, STARTED.urls.get, '{"detail":"slow down"}', 60, { status: 429 });
  fetchFrom(stage, STARTED.urls.get, JSON.stringify(DONE).slice(0, 80), 61, { completeness: "aborted" });
  fetchFrom(stage, STARTED.urls.get, "", 62, { status: 202 });
  fetchFrom(stage, STARTED.urls.get, JSON.stringify(DONE), 63, { method: "DELETE" });
  fetchFrom(stage, `${STARTED.urls.get}/cancel`, JSON.stringify(DONE), 64, { method: "POST" });
  stage.stage.exchangeEnd(stage.open(STARTED.urls.get, { method: "GET" }), 65 * MS);
  assert.equal(stage.types().includes("ai.response"), false);
  fetchFrom(stage, STARTED.urls.get, JSON.stringify(DONE), 66);
  assert.equal(stage.single("ai.response").data.success, true);
});

Deno.test("an outcome goes to the call that asked for it, whatever the order, and each call gets one answer", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = new Random(seed);
    const stage = new Stage();
    const ids = Array.from({ length: 1 + random.below(6) }, (_, i) => `job${i}`);
    const toBody = (id: string, status: string) => {
      const urls = { get: `${BASE}/predictions/${id}` };
      return { id, status, urls, output: status === "succeeded" ? [id] : null, error: null };
    };
    for (const id of ids) ask(stage, toBody(id, "starting"));
    for (let polls = random.below(40); polls > 0; polls--) {
      const id = random.pick(ids);
      const status = random.pick(["starting", "processing", "succeeded", "failed"]);
      fetchFrom(stage, `${BASE}/predictions/${id}`, JSON.stringify(toBody(id, status)), 100);
    }
    stage.stage.advance(Number.MAX_SAFE_INTEGER);
    const answers = stage.drafts.flatMap(({ event }) => event.event_type === "ai.response" ? [event] : []);
    assert.deepEqual(answers.map(({ data }) => data.request_id).sort(), ids, `seed ${seed}`);
    for (const { data } of answers) {
      if (data.choices !== undefined) assert.equal(data.choices[0]?.message.content, data.request_id);
    }
  }
});

Deno.test("only so many answers wait: the oldest is told first", () => {
  const stage = new Stage();
  for (let i = 0; i < 520; i++) ask(stage, { ...STARTED, id: `p${i}`, urls: { get: `${BASE}/predictions/p${i}` } });
  const told = stage.drafts.flatMap(({ event }) => event.event_type === "ai.response" ? [event.data.request_id] : []);
  assert.deepEqual(told, ["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"]);
});

/** Asks, takes the work on, and fetches its outcome from the address the vendor documents. */
const VENDORS = [
  {
    provider: "fal",
    ask: "https://queue.fal.run/fal-ai/flux/dev",
    request: { prompt: "a cat" },
    taken: {
      status: "IN_QUEUE",
      request_id: "r1",
      response_url: "https://queue.fal.run/fal-ai/flux/requests/r1",
      status_url: "https://queue.fal.run/fal-ai/flux/requests/r1/status",
    },
    polls: [
      ["https://queue.fal.run/fal-ai/flux/requests/r1/status?logs=false", { status: "COMPLETED" }],
      ["https://queue.fal.run/fal-ai/flux/requests/r1", { images: [{ url: "a" }] }],
    ],
    expected: { output_count: 1 },
  },
  {
    provider: "runpod",
    ask: "https://api.runpod.ai/v2/abc/run",
    request: { input: { prompt: "Hi" } },
    taken: { id: "j1", status: "IN_QUEUE" },
    polls: [
      ["https://api.runpod.ai/v2/abc/stream/j1", { status: "IN_PROGRESS", stream: [{ output: "Hel" }] }],
      ["https://api.runpod.ai/v2/abc/stream/j1", { status: "COMPLETED", stream: [{ output: "lo" }] }],
    ],
    expected: { text: "Hello" },
  },
  {
    provider: "black-forest-labs",
    ask: "https://api.bfl.ai/v1/flux-pro-1.1",
    request: { prompt: "a cat" },
    taken: { id: "j1", polling_url: "https://api.us1.bfl.ai/v1/get_result?id=j1" },
    polls: [
      ["https://api.us1.bfl.ai/v1/get_result?id=other", { id: "other", status: "Ready", result: { sample: "x" } }],
      ["https://api.us1.bfl.ai/v1/get_result?id=j1", { id: "j1", status: "Ready", result: { sample: "x" } }],
    ],
    expected: { output_count: 1 },
  },
  {
    provider: "assemblyai",
    ask: "https://api.assemblyai.com/v2/transcript",
    request: { audio_url: "https://a" },
    taken: { id: "j1", status: "queued" },
    polls: [["https://api.assemblyai.com/v2/transcript/j1", { id: "j1", status: "completed", text: "Hello" }]],
    expected: { text: "Hello" },
  },
] as const;

for (const { provider, ask, request, taken, polls, expected } of VENDORS) {
  Deno.test(`work that ${provider} took on is one call, whose answer is its outcome`, () => {
    const stage = new Stage();
    const exchange = stage.open(ask);
    stage.send(exchange, JSON.stringify(request));
    stage.answer(exchange, [[JSON.stringify(taken), 20]]);
    stage.end(exchange);
    assert.deepEqual(stage.types(), ["ai.request"]);
    for (const [url, body] of polls) fetchFrom(stage, url, JSON.stringify(body), 300);
    const { data } = stage.single("ai.response");
    assert.equal(data.provider?.id, provider);
    assert.deepEqual([data.success, data.latency_ms], [true, 300]);
    if ("text" in expected) assert.equal(data.choices?.[0]?.message.content, expected.text);
    else assert.equal(data.output_count, expected.output_count);
  });
}

Deno.test("an outcome that is a file is told, and nothing of it is kept", () => {
  const stage = new Stage();
  const exchange = stage.open("https://api.stability.ai/v2beta/image-to-video");
  stage.send(exchange, "{}");
  stage.answer(exchange, [['{"id":"j1"}', 20]]);
  stage.end(exchange);
  const url = "https://api.stability.ai/v2beta/image-to-video/result/j1";
  fetchFrom(stage, url, '{"id":"j1","status":"in-progress"}', 100, { status: 202 });
  fetchFrom(stage, url, "\0\0\0ftypmp42", 300, { headers: { "content-type": "video/mp4" } });
  const { data } = stage.single("ai.response");
  assert.deepEqual([data.success, data.output_count, data.request_id], [true, 1, "j1"]);
});

Deno.test("a poll may say more in its query than the address of the work", () => {
  const stage = new Stage();
  const base = "https://api.manus.ai/v2/task";
  const exchange = stage.open(`${base}.create`);
  stage.send(exchange, JSON.stringify({ message: { content: "Hi" } }));
  stage.answer(exchange, [[JSON.stringify({ ok: true, request_id: "r", task_id: "t" }), 20]]);
  stage.end(exchange);
  const said = [
    { type: "status_update", status_update: { agent_status: "stopped" } },
    { type: "assistant_message", assistant_message: { content: "Hello" } },
    { type: "user_message", user_message: { content: "Hi" } },
  ];
  const messages = JSON.stringify({ ok: true, messages: said });
  fetchFrom(stage, `${base}.listMessages?order=desc&task_id=t2`, messages, 80);
  assert.deepEqual(stage.types(), ["ai.request"], "of another task");
  fetchFrom(stage, `${base}.listMessages?order=desc&task_id=t&limit=10`, messages, 90);
  const { data } = stage.single("ai.response");
  assert.deepEqual([data.choices?.[0]?.message.content, data.latency_ms, data.success], ["Hello", 90, true]);
  assert.equal(stage.single("ai.request").data.provider?.id, "manus-api");
});
