import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { openaiCompletions } from "./openai_completions.ts";

Deno.test("prompts are read as messages; lists of token ids hold no text", () => {
  const decode = (prompt: unknown) =>
    openaiCompletions.decodeRequest(
      toRequestView({ path: "/v1/completions", json: { model: "m", prompt, max_tokens: 5, stream: true } }),
    );
  assert.deepEqual(decode("Hi")?.messages, [{ role: "user", content: "Hi" }]);
  assert.deepEqual(decode(["a", "b"])?.messages.length, 2);
  assert.deepEqual(decode([1, 2])?.messages, []);
  assert.deepEqual([decode("x")?.isStreaming, decode("x")?.parameters], [true, { max_tokens: 5 }]);
});

Deno.test("texts of a body and of a stream are the content", () => {
  const choice = (text: string, finish_reason: string | null) => ({
    json: { id: "cmpl-1", object: "text_completion", model: "m", choices: [{ index: 0, text, finish_reason }] },
  });
  const { answer } = readAnswer(openaiCompletions, [choice("Hel", null), choice("lo", "length"), { text: "[DONE]" }]);
  assert.deepEqual(answer.choices, [{
    index: 0,
    message: { role: "assistant", content: "Hello" },
    rawFinishReason: "length",
    finishReason: "length",
  }]);
});

Deno.test("chat completions are another format, inline completion of editors is this one", () => {
  const match = (path: string) => openaiCompletions.matchHead(toRequestView({ path }));
  assert.equal(match("/v1/chat/completions"), 0);
  assert.ok(match("/v1/engines/e/completions") > 0.8);
});

Deno.test("a stream of Writer, which is texts alone, is joined", () => {
  const { kinds, answer } = readAnswer(openaiCompletions, [
    { json: { value: "Two" } },
    { json: { value: " owls" } },
    { json: { value: 3 } },
  ]);
  assert.deepEqual(kinds, ["token", "token", "meta"]);
  assert.deepEqual(answer.choices, [{ index: 0, message: { role: "assistant", content: "Two owls" } }]);
});
