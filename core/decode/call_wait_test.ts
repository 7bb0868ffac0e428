import assert from "node:assert/strict";
import { ANSWER, CHAT, MS, Stage } from "../../tests/support/call_stage.ts";

const LIKELY = { ...CHAT, stream_options: { include_usage: true }, stream: true };
const COHERE = {
  id: "c1",
  finish_reason: "COMPLETE",
  message: { role: "assistant", content: [{ type: "text", text: "Hi" }] },
};

Deno.test("a likely request on an unknown path is told after two seconds without an answer, once", () => {
  const stage = new Stage();
  const exchange = stage.open("https://gateway.example/ask");
  stage.send(exchange, JSON.stringify(LIKELY));
  stage.stage.advance(1_900 * MS);
  assert.deepEqual(stage.types(), []);
  stage.stage.advance(2_100 * MS);
  stage.stage.advance(9_000 * MS);
  const request = stage.single("ai.request");
  assert.equal(request.data.message_count, 1);
  assert.equal(request.confidence.level, "inferred");
  assert.deepEqual(request.confidence.reasons, ["unknown_host", "format_by_body"]);
  stage.answer(exchange, [[JSON.stringify(ANSWER), 30_000]]);
  stage.end(exchange);
  assert.deepEqual(stage.types(), ["ai.request", "ai.response"]);
  assert.equal(stage.single("ai.response").data.related_event_id, request.event_id);
});

Deno.test("a request told early keeps its event when the answer shows another format", () => {
  const stage = new Stage();
  const exchange = stage.open("https://gateway.example/ask");
  stage.send(exchange, JSON.stringify(LIKELY));
  stage.stage.advance(3_000 * MS);
  stage.answer(exchange, [[JSON.stringify(COHERE), 4_000]]);
  stage.end(exchange);
  assert.equal(stage.single("ai.request").attrs?.["dialect"], "openai_chat");
  const response = stage.single("ai.response");
  assert.equal(response.attrs?.["dialect"], "cohere_chat");
  assert.equal(response.data.choices?.[0]?.message.content, "Hi");
});

Deno.test("a request that fits several formats equally well waits for its answer as long as it takes", () => {
  const stage = new Stage();
  const exchange = stage.open("https://gateway.example/ask");
  stage.send(exchange, JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hi" }] }));
  stage.stage.advance(60_000 * MS);
  assert.deepEqual(stage.types(), []);
  stage.answer(exchange, [[JSON.stringify(ANSWER), 61_000]]);
  stage.end(exchange);
  assert.deepEqual(stage.types(), ["ai.request", "ai.response"]);
});

Deno.test("a request is not told early while it is still being sent", () => {
  const stage = new Stage();
  const exchange = stage.open("https://gateway.example/ask");
  const sink = stage.stage.request(exchange);
  sink?.data(new TextEncoder().encode(JSON.stringify(LIKELY)), 1 * MS);
  stage.stage.advance(60_000 * MS);
  assert.deepEqual(stage.types(), []);
  sink?.end("complete", 60_001 * MS);
});
