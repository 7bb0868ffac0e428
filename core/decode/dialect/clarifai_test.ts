import assert from "node:assert/strict";
import { clarifai } from "./clarifai.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

const PATH = "/v2/users/openai/apps/chat-completion/models/GPT-4/versions/1/outputs";

Deno.test("clarifai reads inputs of any kind and takes the model from the path; a workflow is no model", () => {
  const inputs = [{ data: { text: { raw: "Hi" } } }, { data: { image: { url: "https://x" } } }];
  const model = { model_version: { output_info: { params: { temperature: 0.5, max_tokens: 9 } } } };
  const request = clarifai.decodeRequest(toRequestView({ path: PATH, json: { inputs, model } }));
  assert.deepEqual([request?.model, request?.messages, request?.inputCount, request?.parameters], [
    "GPT-4",
    [{ role: "user", content: "Hi" }, { role: "user", imageCount: 1 }],
    2,
    { temperature: 0.5, max_tokens: 9 },
  ]);
  assert.equal(clarifai.decodeRequest(toRequestView({ path: "/v2/models/m/outputs", json: { inputs } }))?.model, "m");
  const workflow = clarifai.decodeRequest(toRequestView({ path: "/v2/workflows/w/results", json: { inputs } }));
  assert.equal(workflow?.model, undefined);
  assert.equal(clarifai.decodeRequest(toRequestView({ path: PATH, json: { inputs: 1 } })), undefined);
});

Deno.test("clarifai reads texts, vectors, pictures and counts, which may be texts", () => {
  const status = { code: 10000, description: "Ok", req_id: "r" };
  const read = (json: unknown) => readAnswer(clarifai, [{ json }], { path: PATH }).answer;
  const output = { data: { text: { raw: "Hello" } }, prompt_tokens: "12", completion_tokens: 3 };
  const text = read({ status, outputs: [output] });
  assert.deepEqual([text.choices[0]?.message.content, text.requestId, text.usage], [
    "Hello",
    "r",
    { inputTokens: 12, outputTokens: 3, totalTokens: 15 },
  ]);
  const vector = read({ status, outputs: [{ data: { embeddings: [{ vector: [1, 2], num_dimensions: 2 }] } }] });
  assert.deepEqual(vector.embedding, { count: 1, dimensions: 2 });
  assert.equal(read({ status, outputs: [{ data: { image: { base64: "A" } } }] }).outputCount, 1);
  const workflow = read({ status, results: [{ outputs: [{ data: { text: { raw: "W" } } }] }] });
  assert.equal(workflow.choices[0]?.message.content, "W");
});

Deno.test("clarifai's status is the error, and wrong types are nothing", () => {
  const json = { status: { code: 21200, description: "Model does not exist", req_id: "r" }, outputs: [] };
  const { answer } = readAnswer(clarifai, [{ json }], { path: PATH, status: 404 });
  assert.deepEqual(answer.error, { code: "21200", message: "Model does not exist" });
  assert.deepEqual(readAnswer(clarifai, [{ json: { status: 1, outputs: [1, { data: 2 }] } }]).answer, { choices: [] });
});
