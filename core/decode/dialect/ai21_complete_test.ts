import assert from "node:assert/strict";
import { ai21Complete } from "./ai21_complete.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

const PATH = "/studio/v1/j2-mid/complete";

Deno.test("ai21_complete takes the model from the path and settings from the body", () => {
  const view = toRequestView({
    path: PATH,
    json: { prompt: "Name a river", maxTokens: 8, topP: 0.9, numResults: 1, countPenalty: { scale: 0 } },
  });
  assert.equal(ai21Complete.matchHead(view), 0.9);
  const request = ai21Complete.decodeRequest(view);
  assert.equal(request?.model, "j2-mid");
  assert.deepEqual(request?.parameters, { max_tokens: 8, top_p: 0.9, n: 1 });
  assert.deepEqual(request?.messages, [{ role: "user", content: "Name a river" }]);
  assert.equal(ai21Complete.decodeRequest(toRequestView({ path: PATH, json: [] })), undefined);
});

Deno.test("ai21_complete reads every text and why it ended", () => {
  const { answer } = readAnswer(ai21Complete, [{
    json: {
      id: "8f",
      prompt: { text: "Name a river", tokens: [] },
      completions: [
        { data: { text: "Rhine", tokens: [] }, finishReason: { reason: "endoftext" } },
        { data: { text: "Do" }, finishReason: { reason: "length", length: 2 } },
      ],
    },
  }]);
  assert.equal(answer.requestId, "8f");
  assert.deepEqual(answer.choices.map((choice) => [choice.message.content, choice.finishReason]), [
    ["Rhine", "stop"],
    ["Do", "length"],
  ]);
});

Deno.test("ai21_complete gives nothing for an answer that is no such one", () => {
  assert.deepEqual(readAnswer(ai21Complete, [{ json: { completions: "x" } }, { text: "no" }]).answer, { choices: [] });
});
