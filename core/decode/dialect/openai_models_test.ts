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

Deno.test("a bare list comes entry by entry and is no stream", () => {
  const entries = [{ id: "a" }, { id: "b" }, { id: "c" }].map((json) => ({ json }));
  assert.equal(readAnswer(openaiModels, entries).answer.outputCount, 3);
  const context = {
    request: undefined,
    head: toRequestView({ path: "/v1/models" }),
    response: { status: 200, headers: new Map(), contentType: "" },
    quirks: [],
    wantsDelta: false,
  };
  assert.equal(openaiModels.createReader(context).isStream, false);
});

Deno.test("the models of watsonx have a path and a list of their own", () => {
  const head = toRequestView({ method: "GET", path: "/ml/v1/foundation_model_specs" });
  assert.equal(openaiModels.matchHead(head), 0.3);
  const { answer } = readAnswer(openaiModels, [{ json: { total_count: 2, resources: [{ model_id: "a" }, {}] } }]);
  assert.equal(answer.outputCount, 2);
});
