import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { openaiModels } from "./openai_models.ts";

Deno.test("a list of models is too weak a sign to count without the vendor's row", () => {
  const match = openaiModels.matchHead(toRequestView({ method: "GET", path: "/v1/models" }));
  assert.ok(match >= 0.3 && match < 0.5);
  assert.equal(openaiModels.matchHead(toRequestView({ path: "/v1/models" })), 0);
});

Deno.test("the models of a list are counted, one model is one", () => {
  const count = (json: unknown) => readAnswer(openaiModels, [{ json }]).answer.outputCount;
  assert.deepEqual(
    [count({ data: [{ id: "a" }, { id: "b" }] }), count({ id: "a" }), count([{ id: "a" }]), count(null)],
    [2, 1, 1, undefined],
  );
});

Deno.test("an error is the answer's error", () => {
  assert.equal(
    readAnswer(openaiModels, [{ json: { error: { message: "m" } } }], { status: 401 }).answer.error?.message,
    "m",
  );
});
