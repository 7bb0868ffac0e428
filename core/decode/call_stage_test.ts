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

Deno.test("an unknown host with a known path has an endpoint and a format, and no vendor", () => {
  const stage = new Stage();
  const exchange = stage.open("https://llm.example.test/proxy/v1/chat/completions");
  stage.send(exchange, JSON.stringify(CHAT));
  stage.answer(exchange, [[JSON.stringify(ANSWER), 5]]);
  stage.end(exchange);
  const request = stage.single("ai.request");
  assert.deepEqual(request.data.provider, { endpoint: "https://llm.example.test/proxy/v1/chat/completions" });
  assert.equal(request.attrs?.dialect, "openai_chat");
  assert.equal(request.confidence.level, "inferred");
});

Deno.test("on an unknown path the answer decides between formats whose requests look alike", () => {
  const stage = new Stage();
  const exchange = stage.open("https://llm.example.test/talk");
  stage.send(exchange, JSON.stringify({ model: "m", max_tokens: 5, messages: [{ role: "user", content: "Hi" }] }));
  assert.deepEqual([stage.types(), stage.classes], [[], ["unknown"]]);
  const answer = {
    type: "message",
    id: "msg_1",
    role: "assistant",
    model: "m",
    content: [{ type: "text", text: "Yo" }],
    stop_reason: "end_turn",
  };
  stage.answer(exchange, [[JSON.stringify(answer), 5]]);
  stage.end(exchange);
  assert.deepEqual(stage.types(), ["ai.request", "ai.response"]);
  assert.equal(stage.single("ai.request").attrs?.dialect, "anthropic_messages");
  assert.deepEqual(stage.single("ai.response").confidence.reasons, ["unknown_host", "format_by_answer"]);
  assert.equal(stage.classes.at(-1), "ai");
});

Deno.test("what is no call leaves nothing: by head, by body, by answer", () => {
  const stage = new Stage();
  const cases: [string, string, string, string?][] = [
    ["GET", "https://shop.example.test/", ""],
    ["POST", "https://shop.example.test/orders", '{"items":[1,2]}'],
    ["POST", "https://shop.example.test/orders", "not json"],
    ["POST", "https://forum.example.test/post", '{"messages":[{"role":"user","content":"x"}]}', '{"ok":true}'],
    [
      "POST",
      "https://api.openai.com/v1/threads/t/messages",
      '{"role":"user","content":"x"}',
      '{"object":"thread.message"}',
    ],
    ["POST", "https://sms.example.test/v1/messages", '{"to":"1","text":"x"}', '{"message_uuid":"u"}'],
    ["POST", "https://sms.example.test/v1/messages", '{"messages":[{"to":"1","text":"x"}]}', '{"status":"ok"}'],
    ["POST", "https://survey.example.test/v1/responses", '{"answers":[1]}', '{"id":"1"}'],
    ["POST", "https://ide.example.test/completions", '{"line":1}', '{"items":[]}'],
    ["POST", "https://pypi.org/simple", '{"messages":[{"role":"user","content":"x"}],"n":1}', JSON.stringify(ANSWER)],
  ];
  for (const [method, url, body, answer] of cases) {
    const exchange = stage.open(url, { method });
    stage.send(exchange, body);
    stage.answer(exchange, [[answer ?? "{}", 5]]);
    stage.end(exchange);
  }
  assert.deepEqual(stage.types(), []);
  assert.ok(stage.classes.includes("not_ai_host"));
});

Deno.test("on an unknown host a text at a path that others have, too, is a call when the answer shows it", () => {
  for (const [answer, count] of [['{"items":[]}', 0], [JSON.stringify(ANSWER), 2]] as const) {
    const stage = new Stage();
    const exchange = stage.open("https://forms.example/f/1/responses");
    stage.send(exchange, '{"input":"y","answers":[]}');
    assert.deepEqual(stage.types(), []);
    stage.answer(exchange, [[answer, 5]]);
    stage.end(exchange);
    assert.equal(stage.types().length, count, answer);
  }
});

Deno.test("a local server is named only by what proves it", () => {
  const stage = new Stage();
  for (const server of ["llama.cpp", "uvicorn"]) {
    const exchange = stage.open("http://localhost:8080/v1/chat/completions", { connection: { transport: "plain" } });
    stage.send(exchange, JSON.stringify(CHAT));
    stage.answer(exchange, [[JSON.stringify(ANSWER), 5]], { headers: { server } });
    stage.end(exchange);
  }
  const ids = stage.drafts.map(({ event }) =>
    event.event_type === "ai.response" || event.event_type === "ai.request" ? event.data.provider?.id : ""
  );
  assert.deepEqual(ids, [undefined, "llamacpp", undefined, undefined]);
});

Deno.test("a deployment's name is no model: the answer names it", () => {
  const stage = new Stage();
  const exchange = stage.open(
    "https://acme.openai.azure.com/openai/deployments/our-bot/chat/completions?api-version=1",
  );
  stage.send(exchange, JSON.stringify({ ...CHAT, model: "our-bot" }));
  stage.answer(exchange, [[JSON.stringify(ANSWER), 5]]);
  stage.end(exchange);
  assert.equal(stage.single("ai.request").data.model, undefined);
  assert.equal(stage.single("ai.request").attrs?.deployment, "our-bot");
  assert.deepEqual(stage.single("ai.response").data.model, { id: "gpt-4o-2024-08-06", family: "gpt-4" });
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
