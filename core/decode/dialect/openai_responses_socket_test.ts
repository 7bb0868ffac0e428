import assert from "node:assert/strict";
import { toRequestView } from "./dialect_testing.ts";
import { openaiResponsesSocket } from "./openai_responses_socket.ts";

Deno.test("openai_responses_socket reads flat and nested creates, and no warm-up", () => {
  const turns = openaiResponsesSocket.createTurns(toRequestView({ path: "/v1/responses", method: "GET" }));
  assert.deepEqual(turns.client({ type: "response.create", model: "m" })?.request, { model: "m", stream: true });
  assert.deepEqual(turns.client({ type: "response.create", response: { model: "n" } })?.request, {
    model: "n",
    stream: true,
  });
  assert.equal(turns.client({ type: "response.create", generate: false }), undefined);
  assert.equal(turns.client({ type: "session.update" }), undefined);
  assert.equal(turns.server({ type: "response.failed" }, "{}", true)?.isEnd, true);
});
