import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { runpodJob } from "./runpod_job.ts";

const HEAD = { path: "/v2/abc/run", host: "api.runpod.ai" };

Deno.test("runpod_job reads messages, prompt and sampling of the vLLM worker, and an OpenAI input", () => {
  const chat = runpodJob.decodeRequest(toRequestView({
    path: "/v2/abc/runsync",
    json: {
      input: {
        messages: [{ role: "system", content: "S" }, { role: "user", content: "Hi" }],
        sampling_params: { temperature: 0.7, max_tokens: 9 },
      },
    },
  }));
  assert.deepEqual([chat?.requestType, chat?.messageCount, chat?.parameters], ["chat", 1, {
    temperature: 0.7,
    max_tokens: 9,
  }]);
  const text = runpodJob.decodeRequest(toRequestView({ path: "/v2/abc/run", json: { input: { prompt: "p" } } }));
  assert.deepEqual([text?.requestType, text?.model, text?.messages], ["other", undefined, [{
    role: "user",
    content: "p",
  }]]);
  const openai = { openai_route: "/v1/chat/completions", openai_input: { model: "m", stream: true, messages: [] } };
  const routed = runpodJob.decodeRequest(toRequestView({ path: "/v2/abc/run", json: { input: openai } }));
  assert.deepEqual([routed?.model, routed?.isStreaming], ["m", true]);
  assert.equal(runpodJob.decodeRequest(toRequestView({ path: "/v2/abc/run", json: { prompt: "p" } })), undefined);
});

Deno.test("runpod_job says where a job's state and pieces are", () => {
  const { answer } = readAnswer(runpodJob, [{ json: { id: "j-1", status: "IN_QUEUE" } }], HEAD);
  assert.deepEqual(answer, {
    choices: [],
    requestId: "j-1",
    isAccepted: true,
    pending: { addresses: ["api.runpod.ai/v2/abc/status/j-1", "api.runpod.ai/v2/abc/stream/j-1"] },
  });
});

Deno.test("runpod_job reads the worker's tokens and usage, plain texts, and failures", () => {
  const output = [{ choices: [{ tokens: ["Pa", "ris"] }], usage: { input: 10, output: 2 } }];
  const done =
    readAnswer(runpodJob, [{ json: { id: "j", status: "COMPLETED", output, executionTime: 8 } }], HEAD).answer;
  assert.equal(done.choices[0]?.message.content, "Paris");
  assert.deepEqual(done.usage, { inputTokens: 10, outputTokens: 2, totalTokens: 12 });
  const plain = readAnswer(runpodJob, [{ json: { id: "j", status: "COMPLETED", output: "text" } }]).answer;
  assert.equal(plain.choices[0]?.message.content, "text");
  const other = readAnswer(runpodJob, [{ json: { id: "j", status: "COMPLETED", output: { image_url: "x" } } }]).answer;
  assert.deepEqual(other, { choices: [], requestId: "j" });
  const failed = readAnswer(runpodJob, [{ json: { id: "j", status: "FAILED", error: "OOM" } }]).answer;
  assert.deepEqual([failed.error, failed.requestId], [{ type: "FAILED", message: "OOM" }, "j"]);
  assert.deepEqual(readAnswer(runpodJob, [{ json: { id: "j", status: "TIMED_OUT" } }]).answer.error, {
    type: "TIMED_OUT",
  });
});

Deno.test("runpod_job joins the pieces that later polls bring", () => {
  const piece = (text: string) => ({ output: { choices: [{ tokens: [text] }] }, metrics: {} });
  const read = (json: unknown, text?: string) => {
    const choices = text === undefined ? [] : [{ index: 0, message: { role: "assistant", content: text } }];
    return readAnswer(runpodJob, [{ json }], { path: "/v2/abc/stream/j", host: "h", earlier: { choices } }).answer;
  };
  const first = read({ status: "IN_PROGRESS", stream: [piece("a"), piece("b")] });
  assert.deepEqual([first.pending, first.choices[0]?.message.content], [{ addresses: [] }, "ab"]);
  assert.equal(read({ status: "IN_PROGRESS", stream: [] }, "ab").choices[0]?.message.content, "ab");
  const last = read({ status: "COMPLETED", stream: [piece("c")] }, "ab");
  assert.deepEqual([last.pending, last.choices[0]?.message.content], [undefined, "abc"]);
});
