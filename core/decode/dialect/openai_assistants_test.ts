import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { mistralOcr } from "./mistral_ocr.ts";
import { openaiAssistants } from "./openai_assistants.ts";
import { vertexPredict } from "./vertex_predict.ts";

Deno.test("openai_assistants reads runs, submitted tool outputs and asked tool calls, and leaves threads alone", () => {
  const isMatch = (path: string) => openaiAssistants.matchHead(toRequestView({ path })) > 0;
  assert.ok(isMatch("/v1/threads/thread_1/runs") && isMatch("/v1/threads/runs"));
  assert.ok(
    !isMatch("/v1/threads") && !isMatch("/v1/threads/thread_1/messages") && !isMatch("/v1/threads/t/runs/r/cancel"),
  );
  const outputs = openaiAssistants.decodeRequest(toRequestView({
    path: "/v1/threads/t/runs/r/submit_tool_outputs",
    json: { tool_outputs: [{ tool_call_id: "c", output: "7" }] },
  }));
  assert.deepEqual(outputs?.messages, [{ role: "tool", toolResults: [{ callId: "c", content: "7" }] }]);
  const { answer } = readAnswer(openaiAssistants, [{
    json: {
      id: "run_1",
      object: "thread.run",
      model: "gpt-4",
      required_action: {
        submit_tool_outputs: { tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }] },
      },
      usage: null,
    },
  }]);
  assert.equal(answer.requestId, "run_1");
  assert.deepEqual(answer.choices[0]?.message.toolCalls, [{ name: "f", type: "function", id: "c", arguments: {} }]);
  assert.equal(answer.usage, undefined);
});

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

Deno.test("mistral_ocr joins pages and counts them", () => {
  const { answer } = readAnswer(mistralOcr, [{ json: { model: "m", pages: [{ markdown: "a" }, { markdown: "b" }] } }]);
  assert.equal(answer.outputCount, 2);
  assert.equal(answer.choices[0]?.message.content, "a\nb");
});
