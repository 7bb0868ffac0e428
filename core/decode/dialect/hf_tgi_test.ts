import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { hfTgi } from "./hf_tgi.ts";

Deno.test("hf_tgi joins tokens, leaves special ones out and takes the whole text from the last event", () => {
  const { answer } = readAnswer(hfTgi, [
    { json: { token: { text: "He", special: false } } },
    { json: { token: { text: "y", special: false } } },
    {
      json: {
        token: { text: "</s>", special: true },
        generated_text: "Hey",
        details: { finish_reason: "eos_token", generated_tokens: 3 },
      },
    },
  ]);
  assert.equal(answer.choices[0]?.message.content, "Hey");
  assert.equal(answer.choices[0]?.finishReason, "stop");
  assert.deepEqual(answer.usage, { outputTokens: 3 });
  const cut = readAnswer(hfTgi, [{ json: { token: { text: "He" } } }], { isComplete: false }).answer;
  assert.equal(cut.choices[0]?.message.content, "He");
  assert.equal(cut.choices[0]?.finishReason, undefined);
});

Deno.test("hf_tgi takes the model from Hugging Face's paths, and says what kind only where something tells", () => {
  const decode = (path: string, json: unknown) => hfTgi.decodeRequest(toRequestView({ path, json }));
  const text = decode("/hf-inference/models/org/m", { inputs: "p", parameters: { max_new_tokens: 3 } });
  assert.deepEqual([text?.model, text?.requestType], ["org/m", "completion"]);
  const unknown = decode("/models/org/flux", { inputs: "a cat" });
  assert.deepEqual([unknown?.model, unknown?.requestType], ["org/flux", "other"]);
  const vectors = decode("/hf-inference/models/org/e/pipeline/feature-extraction", { inputs: ["a", "b"] });
  assert.deepEqual([vectors?.requestType, vectors?.inputCount, vectors?.messages], ["embedding", 2, []]);
});

Deno.test("a stream of hf_tgi has ended when the whole text was told", () => {
  const reader = hfTgi.createReader({
    request: undefined,
    head: toRequestView({ path: "/" }),
    response: { status: 200, headers: new Map(), contentType: "" },
    quirks: [],
    wantsDelta: false,
  });
  reader.message({ text: '{"token":{"text":"He"},"generated_text":null}' });
  assert.equal(reader.hasEnded, false);
  reader.message({ text: '{"token":{"text":"y"},"generated_text":"Hey"}' });
  assert.equal(reader.hasEnded, true);
});

Deno.test("a list with one answer is no stream, and headers tell the counts that its body leaves out", () => {
  const reader = hfTgi.createReader({
    request: undefined,
    head: toRequestView({ path: "/" }),
    response: {
      status: 200,
      headers: new Map([["x-prompt-tokens", "16"], ["x-generated-tokens", "5"]]),
      contentType: "application/json",
    },
    quirks: [],
    wantsDelta: false,
  });
  reader.message({ text: '{"generated_text":"Hey"}' });
  assert.equal(reader.isStream, false);
  assert.deepEqual(reader.finish(true).usage, { inputTokens: 16, outputTokens: 5, totalTokens: 21 });
});

Deno.test("hf_tgi counts vectors, of one text and of several", () => {
  const path = "/hf-inference/models/org/e/pipeline/feature-extraction";
  const read = (inputs: unknown, messages: readonly unknown[]) => {
    const request = hfTgi.decodeRequest(toRequestView({ path, json: { inputs } }));
    assert.ok(request !== undefined);
    return readAnswer(hfTgi, messages.map((json) => ({ json })), { request, path }).answer.embedding;
  };
  assert.deepEqual(read(["a", "b"], [[1, 2, 3], [4, 5, 6]]), { count: 2, dimensions: 3 });
  assert.deepEqual(read("a", [0.1, 0.2]), { count: 1, dimensions: 2 });
  assert.deepEqual(read(["a"], [[[1, 2], [3, 4], [5, 6]]]), { count: 1, dimensions: 2 });
  assert.equal(read("a", [{ error: "loading" }]), undefined);
});
