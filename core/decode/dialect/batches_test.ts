import assert from "node:assert/strict";
import { batches } from "./batches.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

Deno.test("batches counts requests and names the model they share", () => {
  const request = batches.decodeRequest(toRequestView({
    path: "/v1/messages/batches",
    json: { requests: [{ params: { model: "claude" } }, { params: { model: "claude" } }] },
  }));
  assert.equal(request?.model, "claude");
  assert.equal(request?.inputCount, 2);
  const mixed = batches.decodeRequest(toRequestView({
    path: "/v1/batches",
    json: { requests: [{ body: { model: "a" } }, { body: { model: "b" } }] },
  }));
  assert.equal(mixed?.model, undefined);
  assert.equal(readAnswer(batches, [{ json: { id: "batch_1", object: "batch" } }]).answer.requestId, "batch_1");
});
