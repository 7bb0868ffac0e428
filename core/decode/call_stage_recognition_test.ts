import assert from "node:assert/strict";
import { ANSWER, CHAT, Stage } from "../../tests/support/call_stage.ts";

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
