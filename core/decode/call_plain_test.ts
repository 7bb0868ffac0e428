import assert from "node:assert/strict";
import { CHAT, Stage } from "../../tests/support/call_stage.ts";

const URL = "https://api.openai.com/v1/chat/completions";

function answer(body: string, status: number, contentType: string) {
  const stage = new Stage();
  const exchange = stage.open(URL);
  stage.send(exchange, JSON.stringify(CHAT));
  stage.answer(exchange, [[body, 5]], { status, headers: { "content-type": contentType } });
  stage.end(exchange);
  return stage.single("ai.response");
}

Deno.test("the words of an error that is plain text are told, of long ones the beginning", () => {
  const { data, confidence } = answer("upstream took too long\n", 504, "text/plain");
  assert.deepEqual([data.success, data.error], [false, { message: "upstream took too long" }]);
  assert.equal(confidence.completeness, "full");
  assert.equal(answer("e".repeat(9000), 500, "text/plain").data.error?.message, "e".repeat(4096));
});

Deno.test("plain text that is no error, and pages, tell nothing", () => {
  const { data } = answer("upstream took too long", 200, "text/plain");
  assert.deepEqual([data.success, data.error, data.choices], [undefined, undefined, undefined]);
  assert.equal(answer("<html>Bad gateway</html>", 502, "text/html").data.error, undefined);
});

Deno.test("an error that comes as a list of one is no stream", () => {
  const list = JSON.stringify([{ error: { code: 404, message: "No such model" } }]);
  const { data } = answer(list, 404, "application/json");
  assert.deepEqual([data.streaming, data.error?.message], [false, "No such model"]);
});
