import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { yandex } from "./yandex.ts";

const said = (text: string, status: string) => ({
  json: {
    result: {
      alternatives: [{ message: { role: "assistant", text }, status: `ALTERNATIVE_STATUS_${status}` }],
      usage: { inputTextTokens: "20", completionTokens: "7", totalTokens: "27" },
      modelVersion: "07.03.2024",
    },
  },
});

Deno.test("yandex reads the model behind the folder, messages, and numbers that are text", () => {
  const request = yandex.decodeRequest(toRequestView({
    path: "/foundationModels/v1/completion",
    json: {
      modelUri: "gpt://b1gfolder/yandexgpt/latest",
      completionOptions: { stream: true, temperature: 0.3, maxTokens: "500" },
      messages: [{ role: "system", text: "S" }, { role: "user", text: "hi" }, {
        role: "assistant",
        toolCallList: { toolCalls: [{ functionCall: { name: "f", arguments: { a: 1 } } }] },
      }],
    },
  }));
  assert.deepEqual([request?.model, request?.isStreaming], ["yandexgpt/latest", true]);
  assert.deepEqual([request?.systemPrompt, request?.messageCount], ["S", 2]);
  assert.deepEqual(request?.parameters, { temperature: 0.3, max_tokens: 500 });
  assert.deepEqual(request?.messages[2]?.toolCalls, [{ name: "f", type: "function", arguments: { a: 1 } }]);
});

Deno.test("yandex reads lines that repeat the text, and a reason only when it is final", () => {
  const { answer } = readAnswer(yandex, [said("He", "PARTIAL"), said("Hello", "TRUNCATED_FINAL")]);
  assert.deepEqual([answer.choices[0]?.message.content, answer.choices[0]?.finishReason], ["Hello", "length"]);
  assert.deepEqual(answer.usage, { inputTokens: 20, outputTokens: 7, totalTokens: 27 });
  const cut = readAnswer(yandex, [said("He", "PARTIAL")], { isComplete: false }).answer;
  assert.equal(cut.choices[0]?.finishReason, undefined);
  const error = { json: { error: { httpCode: 401, message: "no token", grpcCode: 16 } } };
  assert.equal(readAnswer(yandex, [error], { status: 401 }).answer.error?.message, "no token");
});
