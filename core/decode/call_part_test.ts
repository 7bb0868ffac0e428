import assert from "node:assert/strict";
import { ANSWER, CHAT, Stage } from "../../tests/support/call_stage.ts";

const URL = "https://api.openai.com/v1/chat/completions";

Deno.test("a request cut in its last message tells model, parameters and the messages that are whole", () => {
  const stage = new Stage();
  const exchange = stage.open(URL);
  const text = JSON.stringify({ temperature: 0.5, ...CHAT });
  stage.send(exchange, text.slice(0, text.indexOf("Hi") + 1), "aborted");
  stage.end(exchange);
  const { data, confidence } = stage.single("ai.request");
  assert.equal(data.model?.id, "gpt-4o");
  assert.deepEqual(data.parameters, { temperature: 0.5 });
  assert.equal(data.system_prompt, "S");
  assert.deepEqual(data.messages?.map(({ role }) => role), ["system"]);
  // How many there would have been, and whether an answer in pieces was asked for, stood behind the cut.
  assert.deepEqual([data.message_count, data.streaming], [undefined, undefined]);
  assert.deepEqual(confidence, {
    level: "high",
    completeness: "partial",
    missing: ["messages", "parameters"],
    reasons: ["aborted", "cut"],
  });
});

Deno.test("a request of which no member is whole has no contents", () => {
  const stage = new Stage();
  const exchange = stage.open(URL);
  stage.send(exchange, '{"messages":[{"role":"us', "aborted");
  stage.end(exchange);
  assert.equal(stage.single("ai.request").confidence.completeness, "metadata_only");
});

Deno.test("a tool result without an id is left out of a cut request, for it may be an old one", () => {
  const stage = new Stage();
  const exchange = stage.open("https://generativelanguage.googleapis.com/v1beta/models/m:generateContent");
  const result = (id?: string) => ({ role: "user", parts: [{ functionResponse: { id, name: "f", response: {} } }] });
  const text = JSON.stringify({ contents: [result(), result("c1"), { role: "user", parts: [] }] });
  stage.send(exchange, text.slice(0, -12), "aborted");
  stage.end(exchange);
  const messages = stage.drafts[0]?.call?.request?.messages;
  assert.deepEqual(messages?.map(({ toolResults }) => toolResults?.[0]?.callId), [undefined, "c1"]);
  assert.equal(messages?.[0]?.toolResults, undefined);
});

Deno.test("an answer cut after its choices tells what they say, and not that it succeeded", () => {
  const stage = new Stage();
  const exchange = stage.open(URL);
  stage.send(exchange, JSON.stringify(CHAT));
  const text = JSON.stringify(ANSWER);
  stage.answer(exchange, [[text.slice(0, text.indexOf('"usage"') + 12), 20]], { completeness: "aborted" });
  stage.end(exchange);
  const { data, confidence } = stage.single("ai.response");
  assert.equal(data.choices?.[0]?.message.content, "Hello");
  assert.deepEqual([data.finish_reason, data.usage, data.success], ["stop", undefined, undefined]);
  assert.equal(confidence.completeness, "partial");
  assert.deepEqual(confidence.missing, ["usage"]);
});

Deno.test("an answer cut inside its first choice tells only id and model", () => {
  const stage = new Stage();
  const exchange = stage.open(URL);
  stage.send(exchange, JSON.stringify(CHAT));
  const text = JSON.stringify(ANSWER);
  stage.answer(exchange, [[text.slice(0, text.indexOf("Hello") + 3), 20]], { completeness: "aborted" });
  stage.end(exchange);
  const { data } = stage.single("ai.response");
  assert.deepEqual([data.request_id, data.choices], ["chatcmpl-1", undefined]);
});

Deno.test("an OpenAI Responses answer whose items were cut has no finish reason, for a missing one may be a call", () => {
  const stage = new Stage();
  const exchange = stage.open("https://api.openai.com/v1/responses");
  stage.send(exchange, JSON.stringify({ model: "m", input: "hi" }));
  const item = { type: "message", role: "assistant", content: [{ type: "output_text", text: "Hello" }] };
  const text = JSON.stringify({ id: "r", object: "response", status: "completed", output: [item, item] });
  stage.answer(exchange, [[text.slice(0, -20), 20]], { completeness: "aborted" });
  stage.end(exchange);
  const { data } = stage.single("ai.response");
  assert.deepEqual([data.choices?.[0]?.message.content, data.finish_reason], ["Hello", undefined]);
});
