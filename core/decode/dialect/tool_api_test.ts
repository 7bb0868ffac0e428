import assert from "node:assert/strict";
import { Stage } from "../../../tests/support/call_stage.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { toolApi } from "./tool_api.ts";

Deno.test("tool_api says that a service was called and how many results came, and nothing of what was asked", () => {
  const request = toolApi.decodeRequest(toRequestView({ path: "/search", json: { query: "who", api_key: "k" } }));
  assert.deepEqual(request, { requestType: "other", isStreaming: false, messages: [], tools: [], parameters: {} });
  const { answer } = readAnswer(toolApi, [{ json: { request_id: "r", answer: "secret", results: [{}, {}] } }]);
  assert.deepEqual(answer, { requestId: "r", choices: [], outputCount: 2 });
});

Deno.test("tool_api counts on the hosts of its vendors only", () => {
  for (const [host, types] of [["api.tavily.com", ["ai.request", "ai.response"]], ["api.example.com", []]] as const) {
    const stage = new Stage();
    const exchange = stage.open(`https://${host}/search`);
    stage.send(exchange, '{"query":"who"}');
    stage.answer(exchange, [['{"results":[]}', 20]]);
    stage.end(exchange);
    assert.deepEqual(stage.types(), types, host);
  }
});
