import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { webGrok } from "./web_grok.ts";

const PATH = "/rest/app-chat/conversations/new";
const decode = (json: unknown, path = PATH) => webGrok.decodeRequest(toRequestView({ path, json }));
const piece = (token: string, isThinking = false) => ({ json: { result: { response: { token, isThinking } } } });
const WHOLE = { result: { response: { modelResponse: { responseId: "r1", message: "Hello!", model: "grok-3" } } } };

Deno.test("web_grok reads message, model and conversation", () => {
  assert.deepEqual(decode({ message: "hi", modelName: "grok-3" })?.messages, [{ role: "user", content: "hi" }]);
  assert.equal(decode({ message: "hi", modelName: "grok-3" })?.model, "grok-3");
  const next = decode({ message: "more" }, "/rest/app-chat/conversations/c-1/responses");
  assert.deepEqual(next?.sessionKeys, { conversation: "c-1" });
  assert.equal(decode({ modelName: "grok-3" }), undefined);
  assert.equal(webGrok.matchHead(toRequestView({ path: "/rest/app-chat/conversations/c-1/load-responses" })), 0);
});

Deno.test("web_grok joins pieces, keeps thoughts apart and takes the whole message last", () => {
  const { kinds, answer } = readAnswer(webGrok, [
    { json: { result: { conversation: { conversationId: "c-1" } } } },
    piece("hm", true),
    piece("Hel"),
    { json: { result: { token: "lo" } } },
    { json: WHOLE },
  ]);
  assert.deepEqual(kinds, ["meta", "token", "token", "token", "meta"]);
  assert.deepEqual(answer.choices[0]?.message, { role: "assistant", content: "Hello!", reasoning: "hm" });
  assert.deepEqual([answer.requestId, answer.model], ["r1", "grok-3"]);
});

Deno.test("web_grok reads an answer whose objects come as one message, one that was cut, and an error", () => {
  const text = [piece("Hel"), piece("lo")].map(({ json }) => JSON.stringify(json)).join("\n");
  assert.equal(
    readAnswer(webGrok, [{ text: `${text}\n{"result":{"resp` }]).answer.choices[0]?.message.content,
    "Hello",
  );
  const { answer } = readAnswer(webGrok, [{ json: { error: { code: 8, message: "Too many requests" } } }], {
    status: 429,
  });
  assert.deepEqual(answer, { choices: [], error: { code: "8", message: "Too many requests" } });
});
