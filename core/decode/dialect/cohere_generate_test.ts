import assert from "node:assert/strict";
import { cohereGenerate } from "./cohere_generate.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

const PATH = "/v1/generate";

Deno.test("cohere_generate decodes a prompt and its settings", () => {
  const request = cohereGenerate.decodeRequest(toRequestView({
    path: PATH,
    json: { model: "command", prompt: "Name a tree", p: 0.4, k: null, max_tokens: 9, num_generations: 2 },
  }));
  assert.equal(request?.model, "command");
  assert.equal(request?.requestType, "completion");
  assert.equal(request?.isStreaming, false);
  assert.deepEqual(request?.messages, [{ role: "user", content: "Name a tree" }]);
  assert.deepEqual(request?.parameters, { top_p: 0.4, max_tokens: 9, n: 2 });
  assert.equal(cohereGenerate.decodeRequest(toRequestView({ path: PATH, json: { message: "hi" } })), undefined);
});

Deno.test("cohere_generate counts on Cohere's hosts only", () => {
  const view = toRequestView({ path: PATH });
  assert.equal(cohereGenerate.matchHead(view), 0);
  assert.equal(cohereGenerate.matchHead({ ...view, host: "api.cohere.ai" }), 0.9);
});

Deno.test("cohere_generate reads every text, its reason and what is billed", () => {
  const { answer } = readAnswer(cohereGenerate, [{
    json: {
      id: "g1",
      generations: [{ id: "a", text: "Oak", finish_reason: "COMPLETE" }, {
        id: "b",
        text: "El",
        finish_reason: "MAX_TOKENS",
      }],
      prompt: "Name a tree",
      meta: { api_version: { version: "1" }, billed_units: { input_tokens: 4, output_tokens: 3 } },
    },
  }]);
  assert.equal(answer.requestId, "g1");
  assert.deepEqual(answer.choices.map(({ message, finishReason }) => [message.content, finishReason]), [
    ["Oak", "stop"],
    ["El", "length"],
  ]);
  assert.deepEqual(answer.usage, { inputTokens: 4, outputTokens: 3, totalTokens: 7 });
});

Deno.test("cohere_generate joins the pieces of a stream, and does not say them twice", () => {
  const pieces = [
    { json: { text: "O", is_finished: false, event_type: "text-generation" } },
    { json: { text: "ak", is_finished: false, event_type: "text-generation" } },
  ];
  const end = {
    json: {
      is_finished: true,
      event_type: "stream-end",
      finish_reason: "COMPLETE",
      response: { id: "g2", generations: [{ id: "a", text: "Oak" }], prompt: "Name a tree" },
    },
  };
  const whole = readAnswer(cohereGenerate, [...pieces, end]).answer;
  assert.equal(whole.requestId, "g2");
  assert.deepEqual(whole.choices, [{
    index: 0,
    message: { role: "assistant", content: "Oak" },
    finishReason: "stop",
    rawFinishReason: "COMPLETE",
  }]);
  const cut = readAnswer(cohereGenerate, pieces, { isComplete: false }).answer;
  assert.deepEqual(cut.choices, [{ index: 0, message: { role: "assistant", content: "Oak" } }]);
});

Deno.test("cohere_generate tells an error", () => {
  const { answer } = readAnswer(cohereGenerate, [{ json: { message: "no such model" } }], { status: 404 });
  assert.equal(answer.error?.message, "no such model");
  assert.deepEqual(answer.choices, []);
});
