import assert from "node:assert/strict";
import { ANSWER, CHAT, chunk, MS, sse, Stage } from "../../tests/support/call_stage.ts";
import { Random } from "../../tests/support/random.ts";

Deno.test("a call gives a request and a response that belong together", () => {
  const stage = new Stage();
  const exchange = stage.open("https://api.openai.com/v1/chat/completions?key=secret", {
    headers: { authorization: "Bearer sk-proj-secret" },
  });
  stage.send(exchange, JSON.stringify(CHAT));
  assert.deepEqual(stage.types(), ["ai.request"]);
  stage.answer(exchange, [[JSON.stringify(ANSWER), 30]], {
    headers: { "x-ratelimit-remaining-requests": "9", "openai-version": "v" },
  });
  stage.end(exchange);
  const request = stage.single("ai.request");
  const response = stage.single("ai.response");
  assert.deepEqual(request.data.provider, {
    id: "openai",
    name: "OpenAI",
    endpoint: "https://api.openai.com/v1/chat/completions",
  });
  assert.deepEqual(request.data.auth, { type: "bearer", key_prefix: "sk-proj-" });
  assert.deepEqual([request.data.message_count, request.data.has_system_prompt, request.data.system_prompt], [
    1,
    true,
    "S",
  ]);
  assert.deepEqual(response.data.model, { id: "gpt-4o-2024-08-06", family: "gpt-4", requested_id: "gpt-4o" });
  assert.deepEqual([response.data.success, response.data.latency_ms, response.data.related_event_id], [
    true,
    30,
    request.event_id,
  ]);
  assert.deepEqual(response.data.rate_limit, { "x-ratelimit-remaining-requests": "9" });
  assert.deepEqual([request.timestamp, response.timestamp], [
    "1970-01-01T00:00:00.000000Z",
    "1970-01-01T00:00:00.030000Z",
  ]);
  assert.deepEqual([request.confidence, response.confidence], [{ level: "high", completeness: "full" }, {
    level: "high",
    completeness: "full",
  }]);
  assert.ok(!JSON.stringify(stage.drafts.map((draft) => draft.event)).includes("secret"));
});

Deno.test("an error is a response with status, error, retry time and no choices", () => {
  const stage = new Stage();
  const exchange = stage.open("https://api.openai.com/v1/chat/completions");
  stage.send(exchange, JSON.stringify(CHAT));
  const body = { error: { message: "Slow down", type: "requests", code: "rate_limit_exceeded" } };
  stage.answer(exchange, [[JSON.stringify(body), 5]], {
    status: 429,
    headers: { "retry-after": "2", "x-request-id": "req_1" },
  });
  stage.end(exchange);
  const { data } = stage.single("ai.response");
  assert.deepEqual([data.success, data.status_code, data.error, data.retry_after_ms, data.request_id, data.choices], [
    false,
    429,
    body.error,
    2000,
    "req_1",
    undefined,
  ]);
});

Deno.test("an embedding exchange gives exactly one event, at its end, with or without an answer", () => {
  const stage = new Stage();
  const exchange = stage.open("https://api.openai.com/v1/embeddings");
  stage.send(exchange, JSON.stringify({ model: "text-embedding-3-small", input: ["a", "b"] }));
  assert.deepEqual(stage.types(), []);
  stage.answer(exchange, [[
    JSON.stringify({
      model: "text-embedding-3-small",
      data: [{ embedding: [1, 2] }, { embedding: [1, 2] }],
      usage: { prompt_tokens: 2, total_tokens: 2 },
    }),
    20,
  ]]);
  stage.end(exchange);
  const { data } = stage.single("ai.embedding");
  assert.deepEqual([
    data.input_count,
    data.embedding_count,
    data.dimensions,
    data.latency_ms,
    data.success,
    data.usage?.prompt_tokens,
  ], [2, 2, 2, 20, true, 2]);
  const silent = new Stage();
  const lost = silent.open("https://api.openai.com/v1/embeddings");
  silent.send(lost, JSON.stringify({ model: "m", input: "a" }));
  silent.end(lost);
  assert.deepEqual(silent.types(), ["ai.embedding"]);
  assert.deepEqual(silent.single("ai.embedding").confidence.reasons, ["truncated", "no_answer"]);
});

Deno.test("the event of an embedding exchange is not whole when its request is not", () => {
  const stage = new Stage();
  const exchange = stage.open("https://api.openai.com/v1/embeddings");
  stage.send(exchange, '{"inp', "truncated");
  stage.answer(exchange, [[JSON.stringify({ data: [{ embedding: [1, 2] }], usage: { prompt_tokens: 2 } }), 20]]);
  stage.end(exchange);
  const { data, confidence } = stage.single("ai.embedding");
  assert.deepEqual([data.embedding_count, data.input_count], [1, undefined]);
  assert.deepEqual([confidence.completeness, confidence.missing], ["partial", ["input_count", "parameters"]]);
  assert.ok(confidence.reasons?.includes("truncated"));
});

Deno.test("a request whose body was cut has only what its head tells", () => {
  const stage = new Stage();
  const exchange = stage.open("https://api.anthropic.com/v1/messages", { headers: { "x-api-key": "sk-ant-api03-x" } });
  stage.send(exchange, '{"model":"claude-x","mess', "truncated");
  stage.end(exchange);
  const { data, confidence } = stage.single("ai.request");
  assert.deepEqual([data.model, data.streaming, data.messages, data.auth?.key_prefix], [
    undefined,
    undefined,
    undefined,
    "sk-ant-a",
  ]);
  assert.deepEqual(confidence.completeness, "metadata_only");
  assert.ok(confidence.reasons?.includes("truncated"));
});

Deno.test("a body over the limit is cut and says so", () => {
  const stage = new Stage({ maxBodyBytes: 64 });
  const exchange = stage.open("https://api.openai.com/v1/chat/completions");
  stage.send(exchange, JSON.stringify({ ...CHAT, pad: "x".repeat(100) }));
  stage.end(exchange);
  assert.deepEqual([stage.single("ai.request").confidence.completeness, stage.single("ai.request").data.messages], [
    "metadata_only",
    undefined,
  ]);
});

Deno.test("an answer that ends before its request is published after it", () => {
  const stage = new Stage();
  const exchange = stage.open("https://api.openai.com/v1/chat/completions");
  const sink = stage.stage.request(exchange);
  stage.answer(exchange, [['{"error":{"message":"too large"}}', 5]], { status: 413 });
  assert.deepEqual(stage.types(), []);
  sink?.data(new TextEncoder().encode(JSON.stringify(CHAT)), 6 * MS);
  sink?.end("complete", 6 * MS);
  stage.end(exchange);
  assert.deepEqual(stage.types(), ["ai.request", "ai.response"]);
  assert.equal(stage.single("ai.request").data.message_count, 1);
});

Deno.test("an answer that is not the format's says that it was not understood", () => {
  const stage = new Stage();
  const exchange = stage.open("https://api.openai.com/v1/chat/completions");
  stage.send(exchange, JSON.stringify(CHAT));
  stage.answer(exchange, [['{"unexpected":1}', 5]]);
  stage.end(exchange);
  const { confidence, data } = stage.single("ai.response");
  assert.deepEqual([confidence.completeness, confidence.reasons], ["metadata_only", ["not_decoded"]]);
  // It may have told of an error.
  assert.equal(data.success, undefined);
});

Deno.test("a spoken answer that is no text has not succeeded as far as anybody knows", () => {
  const stage = new Stage();
  const exchange = stage.open("https://api.openai.com/v1/chat/completions");
  stage.send(exchange, JSON.stringify(CHAT));
  stage.answer(exchange, [["\u0000\u0001\u0002\u0003 no text, and no frame either", 5]], {
    headers: { "content-type": "image/png" },
  });
  stage.end(exchange);
  const { confidence, data } = stage.single("ai.response");
  assert.deepEqual(confidence.reasons, ["not_decoded"]);
  assert.equal(data.success, undefined);
});

Deno.test("2,000 damaged exchanges give only events that fit the schema", () => {
  const random = new Random(21);
  const paths = ["/v1/chat/completions", "/v1/messages", "/v1/responses", "/v1/embeddings", "/v1/completions", "/x"];
  const hosts = ["api.openai.com", "api.anthropic.com", "example.test", "localhost:11434"];
  const requests = [CHAT, { model: "m", input: "x" }, { prompt: "x", model: "m" }, {
    messages: [{ role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: 1 }] }],
    system: [1],
  }].map((json) => JSON.stringify(json));
  const answers = [
    JSON.stringify(ANSWER),
    sse(chunk("a"), chunk("b", "stop"), "[DONE]"),
    JSON.stringify({ type: "message", content: [{ type: "tool_use", name: "f" }], usage: {} }),
    JSON.stringify({ object: "response", output: [{ type: "mcp_call", name: "f" }], status: "completed" }),
  ];
  for (let i = 0; i < 2_000; i++) {
    const stage = new Stage({ wantsChunks: random.once(2) });
    const exchange = stage.open(`https://${random.pick(hosts)}${random.pick(paths)}`);
    stage.send(exchange, damageText(random.pick(requests), random), random.pick(["complete", "truncated", "gap"]));
    const type = random.pick(["application/json", "text/event-stream", "text/html"]);
    stage.answer(exchange, [[damageText(random.pick(answers), random), 5]], {
      status: random.pick([200, 400, 500]),
      headers: { "content-type": type },
      completeness: random.pick(["complete", "aborted", "gap"]),
    });
    stage.end(exchange);
    assert.ok(stage.types().filter((name) => name === "ai.response").length <= 1);
  }
});

function damageText(text: string, random: Random): string {
  if (random.once(3)) return text;
  const at = random.below(text.length);
  return text.slice(0, at) + random.pick(["", '"', "}", "null", "\\", "0"]) + text.slice(at + random.below(12));
}
