import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { ollama } from "./ollama.ts";

Deno.test("ollama streams unless told otherwise and keeps argument objects", () => {
  const request = ollama.decodeRequest(toRequestView({
    path: "/api/chat",
    json: {
      model: "llama3.2",
      messages: [
        { role: "system", content: "s" },
        { role: "assistant", content: "", tool_calls: [{ function: { name: "f", arguments: { a: 1 } } }] },
        { role: "tool", tool_name: "f", content: "7" },
      ],
      options: { num_predict: 9 },
      format: "json",
    },
  }));
  assert.equal(request?.isStreaming, true);
  assert.equal(request?.messageCount, 2);
  assert.deepEqual(request?.messages[1]?.toolCalls, [{ name: "f", type: "function", arguments: { a: 1 } }]);
  assert.deepEqual(request?.messages[2]?.toolResults, [{ name: "f", content: "7" }]);
  assert.deepEqual(request?.parameters, { max_tokens: 9, response_format: "json" });
});

Deno.test("ollama joins lines and takes counts from the last one", () => {
  const { kinds, answer } = readAnswer(ollama, [
    { json: { model: "m", message: { role: "assistant", content: "He" }, done: false } },
    { json: { model: "m", message: { role: "assistant", content: "y" }, done: false } },
    {
      json: { model: "m", message: { role: "assistant", content: "" }, done: true, done_reason: "stop", eval_count: 2 },
    },
  ]);
  assert.deepEqual(kinds, ["token", "token", "end"]);
  assert.equal(answer.choices[0]?.message.content, "Hey");
  assert.equal(answer.choices[0]?.finishReason, "stop");
  assert.deepEqual(answer.usage, { outputTokens: 2 });
});

Deno.test("ollama leaves finish reason and counts absent when the stream is cut", () => {
  const { answer } = readAnswer(ollama, [{ json: { model: "m", response: "x", done: false } }], { isComplete: false });
  assert.equal(answer.choices[0]?.message.content, "x");
  assert.equal(answer.choices[0]?.finishReason, undefined);
  assert.equal(answer.usage, undefined);
});

Deno.test("ollama counts embedding inputs and vectors, and tells errors", () => {
  const request = ollama.decodeRequest(toRequestView({ path: "/api/embed", json: { model: "m", input: ["a", "b"] } }));
  assert.equal(request?.requestType, "embedding");
  assert.equal(request?.inputCount, 2);
  const { answer } = readAnswer(ollama, [{ json: { model: "m", embeddings: [[1, 2], [3, 4]], prompt_eval_count: 4 } }]);
  assert.deepEqual(answer.embedding, { count: 2, dimensions: 2 });
  assert.deepEqual(answer.usage, { inputTokens: 4 });
  assert.deepEqual(readAnswer(ollama, [{ json: { error: "no model" } }], { status: 404 }).answer.error, {
    message: "no model",
  });
});

Deno.test("a result of Ollama without a name is of the only tool that was called before it", () => {
  const call = (name: string) => ({ function: { name, arguments: {} } });
  const read = (...names: string[]) =>
    ollama.decodeRequest(toRequestView({
      path: "/api/chat",
      json: {
        model: "m",
        messages: [
          { role: "assistant", content: "", tool_calls: names.map(call) },
          ...names.map(() => ({ role: "tool", content: "7" })),
        ],
      },
    }))?.messages.flatMap(({ toolResults }) => toolResults ?? []).map(({ name }) => name);
  assert.deepEqual(read("warmth"), ["warmth"]);
  assert.deepEqual(read("warmth", "warmth"), ["warmth", "warmth"]);
  assert.deepEqual(read("warmth", "wind"), [undefined, undefined]);
});

Deno.test("on its own port Ollama's older embeddings are its own", () => {
  const view = toRequestView({ path: "/api/embeddings" });
  assert.equal(ollama.matchHead({ ...view, host: "127.0.0.1:11434" }), 0.95);
  assert.equal(ollama.matchHead({ ...view, host: "chat.example" }), 0.8);
});

Deno.test("an empty system text is none", () => {
  const json = { model: "m", prompt: "hi", system: "" };
  assert.equal(ollama.decodeRequest(toRequestView({ path: "/api/generate", json }))?.systemPrompt, undefined);
});
