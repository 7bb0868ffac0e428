import assert from "node:assert/strict";
import type { ModelRequest } from "../../model/model_call.ts";
import { dashscope } from "./dashscope.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

const PATH = "/api/v1/services/aigc/text-generation/generation";

function decode(json: unknown, headers: Record<string, string> = {}, path = PATH): ModelRequest | undefined {
  return dashscope.decodeRequest(toRequestView({ path, json, headers }));
}

const said = (content: string, reason = "null", more = {}) => ({
  json: {
    request_id: "r1",
    output: { choices: [{ finish_reason: reason, message: { role: "assistant", content, ...more } }] },
    usage: { input_tokens: 3, output_tokens: content.length, total_tokens: 3 + content.length },
  },
});

Deno.test("dashscope reads model, messages, tools and parameters, and a stream from the header", () => {
  const request = decode({
    model: "qwen-plus",
    input: {
      messages: [{ role: "system", content: "S" }, { role: "user", content: [{ text: "hi" }, { image: "u" }] }],
    },
    parameters: {
      temperature: 0.5,
      result_format: "message",
      incremental_output: true,
      tools: [{ type: "function", function: { name: "f" } }],
    },
  }, { "x-dashscope-sse": "enable" });
  assert.equal(request?.model, "qwen-plus");
  assert.equal(request?.isStreaming, true);
  assert.equal(request?.wantsIncrements, true);
  assert.equal(request?.systemPrompt, "S");
  assert.equal(request?.messageCount, 1);
  assert.deepEqual(request?.messages[1], { role: "user", content: "hi", imageCount: 1 });
  assert.deepEqual(request?.tools.map(({ name }) => name), ["f"]);
  assert.deepEqual(request?.parameters, { temperature: 0.5 });
});

Deno.test("dashscope reads a prompt, an embedding and a rerank by their paths", () => {
  const prompt = decode({ model: "qwen-turbo", input: { prompt: "hi" } });
  assert.deepEqual([prompt?.messages, prompt?.messageCount], [[{ role: "user", content: "hi" }], undefined]);
  const path = "/api/v1/services/embeddings/text-embedding/text-embedding";
  const embedding = decode({ model: "text-embedding-v4", input: { texts: ["a", "b"] } }, {}, path);
  assert.deepEqual([embedding?.requestType, embedding?.inputCount, embedding?.messages], ["embedding", 2, []]);
  const rerank = "/api/v1/services/rerank/text-rerank/text-rerank";
  const ranked = decode({ model: "gte-rerank", input: { query: "q", documents: ["a"] } }, {}, rerank);
  assert.deepEqual([ranked?.requestType, ranked?.inputCount], ["rerank", 1]);
  assert.equal(
    dashscope.requestType(toRequestView({ path: "/api/v1/services/aigc/text2image/image-synthesis" })),
    "image",
  );
});

Deno.test("dashscope reads a whole answer as text or as choices", () => {
  const usage = { input_tokens: 3, output_tokens: 2, total_tokens: 5 };
  const text = { json: { request_id: "r1", output: { text: "Hi", finish_reason: "stop" }, usage } };
  for (const message of [text, said("Hi", "stop")]) {
    const { answer } = readAnswer(dashscope, [message]);
    assert.deepEqual(answer.choices[0]?.message.content, "Hi");
    assert.equal(answer.choices[0]?.finishReason, "stop");
    assert.equal(answer.requestId, "r1");
    assert.equal(answer.usage?.totalTokens, 5);
  }
});

Deno.test("dashscope reads streams whose events repeat the text and streams whose events do not", () => {
  const repeating = readAnswer(dashscope, [said("He"), said("Hello"), said("Hello", "stop")]);
  assert.equal(repeating.answer.choices[0]?.message.content, "Hello");
  assert.deepEqual(repeating.kinds, ["token", "token", "meta"]);
  const request = { ...decode({ model: "m", input: { prompt: "p" } }), wantsIncrements: true } as ModelRequest;
  const pieces = [said("ha"), said("haha"), said("", "stop")];
  const { answer } = readAnswer(dashscope, pieces, { request });
  assert.equal(answer.choices[0]?.message.content, "hahaha");
  assert.equal(answer.choices[0]?.finishReason, "stop");
});

Deno.test("dashscope keeps reasoning apart and reads calls that repeat and calls in pieces", () => {
  const call = (args: string) => ({
    tool_calls: [{ index: 0, id: "c1", type: "function", function: { name: "f", arguments: args } }],
  });
  const repeated = readAnswer(dashscope, [
    said("", "null", { reasoning_content: "hm" }),
    said("", "null", call('{"a"')),
    said("", "tool_calls", call('{"a":1}')),
  ]).answer;
  assert.equal(repeated.choices[0]?.message.reasoning, "hm");
  assert.deepEqual(repeated.choices[0]?.message.toolCalls, [
    { id: "c1", name: "f", type: "function", arguments: { a: 1 } },
  ]);
  const request = { ...decode({ model: "m", input: { prompt: "p" } }), wantsIncrements: true } as ModelRequest;
  const rest = { tool_calls: [{ index: 0, function: { arguments: ":1}" } }] };
  const pieces = [said("", "null", call('{"a"')), said("", "tool_calls", rest)];
  const { answer } = readAnswer(dashscope, pieces, { request });
  assert.deepEqual(answer.choices[0]?.message.toolCalls?.[0]?.arguments, { a: 1 });
});

Deno.test("dashscope tells errors, vectors and what a cut stream said", () => {
  const error = { json: { code: "InvalidApiKey", message: "no", request_id: "r2" } };
  assert.deepEqual(readAnswer(dashscope, [error], { status: 401 }).answer, {
    requestId: "r2",
    choices: [],
    error: { code: "InvalidApiKey", message: "no" },
  });
  const vectors = { json: { output: { embeddings: [{ embedding: [1, 2, 3] }, {}] }, usage: { total_tokens: 4 } } };
  const embedded = readAnswer(dashscope, [vectors]).answer;
  assert.deepEqual(embedded.embedding, { count: 2, dimensions: 3 });
  assert.deepEqual(embedded.usage, { totalTokens: 4, inputTokens: 4 });
  const cut = readAnswer(dashscope, [said("He")], { isComplete: false }).answer;
  assert.deepEqual([cut.choices[0]?.message.content, cut.choices[0]?.finishReason], ["He", undefined]);
});

Deno.test("dashscope's tasks say where they are, and what came of them", () => {
  const path = "/api/v1/services/aigc/text2image/image-synthesis";
  const json = { request_id: "r", output: { task_id: "t-1", task_status: "PENDING" } };
  const taken = readAnswer(dashscope, [{ json }], { path, host: "dashscope.aliyuncs.com" }).answer;
  assert.deepEqual(taken.pending, { addresses: ["dashscope.aliyuncs.com/api/v1/tasks/t-1"] });
  const request = dashscope.decodeRequest(toRequestView({ path, json: { model: "wanx", input: { prompt: "p" } } }));
  const options = { path: "/api/v1/tasks/t-1", earlier: taken, ...(request !== undefined && { request }) };
  const read = (output: unknown) => readAnswer(dashscope, [{ json: { request_id: "r", output } }], options).answer;
  assert.deepEqual(read({ task_id: "t-1", task_status: "RUNNING" }).pending, { addresses: [] });
  assert.equal(
    read({ task_id: "t-1", task_status: "SUCCEEDED", results: [{ url: "a" }, { url: "b" }] }).outputCount,
    2,
  );
  assert.equal(read({ task_id: "t-1", task_status: "SUCCEEDED", video_url: "a" }).outputCount, 1);
  const failed = read({ task_id: "t-1", task_status: "FAILED", code: "InvalidParameter", message: "m" });
  assert.deepEqual([failed.pending, failed.error], [undefined, { code: "InvalidParameter", message: "m" }]);
});

Deno.test("dashscope counts the pictures that a model made, and what was billed for them", () => {
  const message = { role: "assistant", content: [{ image: "AA" }, { image: "BB" }] };
  const { answer } = readAnswer(dashscope, [{
    json: {
      request_id: "r",
      output: { choices: [{ finish_reason: "stop", message }] },
      usage: { output_image_count: 2, output_width: 8 },
    },
  }]);
  assert.equal(answer.choices[0]?.message.imageCount, 2);
  assert.equal(answer.outputCount, 2);
});
