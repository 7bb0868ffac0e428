import assert from "node:assert/strict";
import { ANSWER, CHAT, chunk, MS, sse, Stage } from "../../tests/support/call_stage.ts";

Deno.test("a stream's times come from its pieces; the opt-in chunks are events in order", () => {
  const stage = new Stage({ wantsChunks: true });
  const exchange = stage.open("https://api.openai.com/v1/chat/completions");
  stage.send(exchange, JSON.stringify({ ...CHAT, stream: true }));
  const pieces = [[sse(chunk("a")), 10], [sse(chunk("b")), 40], [sse(chunk("c"), chunk("", "stop")), 50], [
    sse("[DONE]"),
    60,
  ]] as const;
  stage.answer(exchange, pieces, { headers: { "content-type": "text/event-stream" } });
  stage.end(exchange);
  assert.deepEqual(stage.types(), [
    "ai.request",
    "ai.streaming_chunk",
    "ai.streaming_chunk",
    "ai.streaming_chunk",
    "ai.streaming_chunk",
    "ai.response",
  ]);
  const { data } = stage.single("ai.response");
  assert.deepEqual([data.streaming, data.latency_ms, data.time_to_first_token_ms], [true, 60, 10]);
  assert.deepEqual(data.stream, { chunks: 3, inter_chunk_ms_mean: 20, inter_chunk_ms_max: 30 });
  assert.equal(data.choices?.[0]?.message.content, "abc");
  const deltas = stage.drafts.slice(1, 4).map(({ event }) =>
    event.event_type === "ai.streaming_chunk" ? event.data.delta?.content : ""
  );
  assert.deepEqual(deltas, ["a", "b", "c"]);
  const last = stage.drafts[4]?.event;
  assert.ok(last?.event_type === "ai.streaming_chunk");
  assert.deepEqual([last.data.chunk_index, last.data.finish_reason, last.data.delta], [3, "stop", undefined]);
  assert.equal(new Set(stage.drafts.map(({ event }) => event.event_id)).size, 6);
});

Deno.test("an answer that is one document has no chunks", () => {
  const stage = new Stage({ wantsChunks: true });
  const exchange = stage.open("https://api.openai.com/v1/chat/completions");
  stage.send(exchange, JSON.stringify(CHAT));
  stage.answer(exchange, [[JSON.stringify(ANSWER), 10]]);
  stage.end(exchange);
  assert.deepEqual(stage.types(), ["ai.request", "ai.response"]);
});

Deno.test("a cut stream states what came, and says what is missing", () => {
  const stage = new Stage();
  const exchange = stage.open("https://api.openai.com/v1/chat/completions");
  stage.send(exchange, JSON.stringify(CHAT));
  stage.answer(exchange, [[sse(chunk("a")), 10]], {
    headers: { "content-type": "text/event-stream" },
    completeness: "aborted",
  });
  stage.end(exchange);
  const { data, confidence } = stage.single("ai.response");
  assert.deepEqual([data.finish_reason, data.success, data.choices?.[0]?.message.content], [undefined, undefined, "a"]);
  assert.deepEqual(confidence, {
    level: "high",
    completeness: "partial",
    missing: ["finish_reason", "usage"],
    reasons: ["aborted"],
  });
});

Deno.test("a stream that ends cleanly without end mark and finish reason is not called whole", () => {
  const stage = new Stage();
  const exchange = stage.open("https://api.openai.com/v1/chat/completions");
  stage.send(exchange, JSON.stringify(CHAT));
  stage.answer(exchange, [[sse(chunk("a")), 10]], { headers: { "content-type": "text/event-stream" } });
  stage.end(exchange);
  assert.deepEqual(stage.single("ai.response").confidence.reasons, ["no_end_mark"]);
  // It may have been cut where its connection ended: an error, or more of everything, may have followed.
  assert.equal(stage.single("ai.response").data.success, undefined);
});

Deno.test("a stream of Gemini or Ollama that ends before its reason is not called whole, nor are its counts told", () => {
  const usageMetadata = { promptTokenCount: 3, totalTokenCount: 3 };
  const cases = [
    [
      "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
      { contents: [{ role: "user", parts: [{ text: "q" }] }] },
      sse({ candidates: [{ index: 0, content: { parts: [{ text: "a" }] } }], usageMetadata }),
      "text/event-stream",
    ],
    [
      "http://localhost:11434/api/chat",
      { model: "m", messages: [{ role: "user", content: "q" }] },
      JSON.stringify({ model: "m", message: { role: "assistant", content: "a" }, done: false }) + "\n",
      "application/x-ndjson",
    ],
  ] as const;
  for (const [url, request, answer, type] of cases) {
    const stage = new Stage();
    const exchange = stage.open(url);
    stage.send(exchange, JSON.stringify(request));
    stage.answer(exchange, [[answer, 10]], { headers: { "content-type": type } });
    stage.end(exchange);
    const { data, confidence } = stage.single("ai.response");
    assert.ok(confidence.reasons?.includes("no_end_mark"), url);
    assert.deepEqual([data.choices?.[0]?.message.content, data.usage, data.success], ["a", undefined, undefined]);
  }
});

Deno.test("an answer that said its end is published after a second of silence, once", () => {
  const stage = new Stage();
  const exchange = stage.open("https://api.openai.com/v1/chat/completions");
  stage.send(exchange, JSON.stringify(CHAT));
  exchange.response = {
    status: 200,
    headers: new Map([["content-type", "text/event-stream"]]),
    firstByteNs: 2 * MS,
    lastByteNs: 10 * MS,
    wireBodyBytes: 0,
    completeness: "in_flight",
    reasons: [],
  };
  const sink = stage.stage.response(exchange);
  sink?.data(new TextEncoder().encode(sse(chunk("a", "stop"), "[DONE]")), 10 * MS);
  stage.stage.advance(500 * MS);
  assert.deepEqual(stage.types(), ["ai.request"]);
  stage.stage.advance(1_100 * MS);
  assert.deepEqual(stage.types(), ["ai.request", "ai.response"]);
  assert.equal(stage.single("ai.response").confidence.completeness, "full");
  sink?.end("truncated", 2_000 * MS);
  stage.end(exchange);
  assert.equal(stage.drafts.length, 2);
});
