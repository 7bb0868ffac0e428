import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { vertexPredict } from "./vertex_predict.ts";

Deno.test("vertex_predict sums token counts only when every vector has one", () => {
  const path = "/v1/projects/p/locations/l/publishers/google/models/text-embedding-004:predict";
  const request = vertexPredict.decodeRequest(
    toRequestView({ path, json: { instances: [{ content: "a" }, { content: "b" }] } }),
  );
  assert.equal(request?.requestType, "embedding");
  assert.equal(request?.inputCount, 2);
  const vector = (count?: number) => ({ embeddings: { values: [1, 2], statistics: { token_count: count } } });
  assert.deepEqual(readAnswer(vertexPredict, [{ json: { predictions: [vector(1), vector(2)] } }]).answer.usage, {
    inputTokens: 3,
    totalTokens: 3,
  });
  assert.equal(readAnswer(vertexPredict, [{ json: { predictions: [vector(1), vector()] } }]).answer.usage, undefined);
});

Deno.test("vertex_predict reads the texts of PaLM with their counts", () => {
  const decode = (model: string, json: unknown) =>
    vertexPredict.decodeRequest(toRequestView({ path: `/v1/publishers/google/models/${model}:predict`, json }));
  const parameters = { temperature: 0, maxOutputTokens: 9, topK: 4, topP: 0.5, candidateCount: 2 };
  const text = decode("text-bison@001", { instances: [{ prompt: "Owls?" }], parameters });
  assert.deepEqual([text?.requestType, text?.model, text?.messages], ["completion", "text-bison@001", [
    { role: "user", content: "Owls?" },
  ]]);
  assert.deepEqual(text?.parameters, { temperature: 0, top_p: 0.5, top_k: 4, max_tokens: 9, n: 2 });
  const messages = [{ author: "user", content: "a" }, { author: "bot", content: "b" }, {
    author: "user",
    content: "c",
  }];
  const chat = decode("chat-bison", { instances: [{ context: "Be kind", messages }] });
  assert.deepEqual([chat?.requestType, chat?.messageCount, chat?.systemPrompt], ["chat", 3, "Be kind"]);
  assert.deepEqual(chat?.messages.map(({ role }) => role), ["user", "assistant", "user"]);
  const metadata = {
    tokenMetadata: { inputTokenCount: { totalTokens: 4 }, outputTokenCount: { totalTokens: 6 } },
  };
  const usage = { inputTokens: 4, outputTokens: 6, totalTokens: 10 };
  const choice = (content: string, index = 0) => ({ index, message: { role: "assistant", content } });
  const read = (predictions: unknown) => readAnswer(vertexPredict, [{ json: { predictions, metadata } }]).answer;
  assert.deepEqual(read([{ content: "Two" }]), { choices: [choice("Two")], usage });
  assert.deepEqual(read([{ candidates: [{ author: "1", content: "x" }, { author: "1", content: "y" }] }]), {
    choices: [choice("x"), choice("y", 1)],
    usage,
  });
  const pictures = readAnswer(vertexPredict, [{ json: { predictions: [{ bytesBase64Encoded: "QQ==" }] } }]).answer;
  assert.deepEqual(pictures, { choices: [], outputCount: 1 });
});
