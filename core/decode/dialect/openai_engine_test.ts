import assert from "node:assert/strict";
import { toRequestView } from "./dialect_testing.ts";
import { openaiCompletions } from "./openai_completions.ts";
import { openaiEmbeddings } from "./openai_embeddings.ts";
import { findEngine } from "./openai_engine.ts";

Deno.test("the engine of an older path is the model, unless the body names one", () => {
  const completion = (json: object) =>
    openaiCompletions.decodeRequest(toRequestView({ path: "/v1/engines/ada/completions", json }))?.model;
  assert.equal(completion({ prompt: "x" }), "ada");
  assert.equal(completion({ prompt: "x", model: "m" }), "m");
  const embedding = toRequestView({ path: "/v1/engines/text%2Dembed/embeddings", json: { input: "x" } });
  assert.equal(openaiEmbeddings.decodeRequest(embedding)?.model, "text-embed");
});

Deno.test("paths without an engine, and engines that are no text, give what they are", () => {
  assert.equal(findEngine("/v1/completions"), undefined);
  assert.equal(findEngine("/engines/%E0%A4%A/completions"), "%E0%A4%A");
});

Deno.test("edits are completions of an input by an instruction", () => {
  const view = toRequestView({ path: "/v1/edits", json: { model: "m", input: "thsi", instruction: "fix", n: 2 } });
  assert.equal(openaiCompletions.matchHead(view) >= 0.8, true);
  const request = openaiCompletions.decodeRequest(view);
  assert.deepEqual(request?.messages.map(({ content }) => content), ["thsi", "fix"]);
  assert.deepEqual(request?.parameters, { n: 2 });
  assert.equal(openaiCompletions.matchHead(toRequestView({ path: "/v1/images/edits" })), 0);
});
