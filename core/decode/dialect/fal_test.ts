import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { fal } from "./fal.ts";

const BASE = "https://queue.fal.run/fal-ai/flux/requests/r1";
const TAKEN = {
  status: "IN_QUEUE",
  request_id: "r1",
  response_url: BASE,
  status_url: `${BASE}/status`,
  queue_position: 0,
};
const EARLIER = { choices: [] };

Deno.test("fal's path is the model, and its body the model's input", () => {
  const path = "/fal-ai/flux/dev/stream";
  const request = fal.decodeRequest(toRequestView({ path, json: { prompt: "a cat", num_images: 2 } }));
  assert.deepEqual([request?.model, request?.isStreaming, request?.messages, request?.parameters], [
    "fal-ai/flux/dev",
    true,
    [{ role: "user", content: "a cat" }],
    { n: 2 },
  ]);
  assert.equal(fal.decodeRequest(toRequestView({ path: "/a/b", json: {} }))?.model, "a/b");
  assert.equal(fal.decodeRequest(toRequestView({ path: "/a/b" })), undefined);
  const head = { method: "POST", path: "/fal-ai/flux", query: "", headers: new Map<string, string>() };
  assert.ok(fal.matchHead(head) > 0 && fal.matchHead(head) < 0.5, "only a listed host decides");
});

Deno.test("fal's queue names where status and result are; the status never is the result", () => {
  const { answer } = readAnswer(fal, [{ json: TAKEN }]);
  assert.deepEqual(answer, {
    choices: [],
    requestId: "r1",
    isAccepted: true,
    pending: { addresses: ["queue.fal.run/fal-ai/flux/requests/r1/status", "queue.fal.run/fal-ai/flux/requests/r1"] },
  });
  const path = "/fal-ai/flux/requests/r1/status";
  const completed = readAnswer(fal, [{ json: { ...TAKEN, status: "COMPLETED", metrics: {} } }], {
    path,
    earlier: EARLIER,
  });
  assert.notEqual(completed.answer.pending, undefined);
  const json = { status: "COMPLETED", error: "boom", error_type: "runner" };
  const failed = readAnswer(fal, [{ json }], { path, earlier: EARLIER }).answer;
  assert.deepEqual([failed.pending, failed.error], [undefined, { type: "runner", message: "boom" }]);
});

Deno.test("fal's results are counted, texts are read, errors are told", () => {
  const path = "/fal-ai/flux/requests/r1";
  const read = (json: unknown, status = 200) => readAnswer(fal, [{ json }], { path, status, earlier: EARLIER }).answer;
  assert.equal(read({ images: [{ url: "a" }, { url: "b" }], seed: 1 }).outputCount, 2);
  assert.equal(read({ video: { url: "a" } }).outputCount, 1);
  assert.equal(read({ output: "hello" }).choices[0]?.message.content, "hello");
  assert.deepEqual(read({ detail: [{ msg: "prompt is empty" }] }, 422).error, { message: "prompt is empty" });
  assert.deepEqual(read({ seed: 1 }), { choices: [] });
});
