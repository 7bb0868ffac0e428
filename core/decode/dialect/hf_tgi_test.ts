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

Deno.test("hf_tgi takes models without an owner and the older paths of tasks from Hugging Face's own paths only", () => {
  const decode = (path: string, json: unknown) => hfTgi.decodeRequest(toRequestView({ path, json }));
  assert.equal(decode("/models/tiny", { inputs: "a" })?.model, "tiny");
  assert.equal(decode("/hf-inference/models/tiny", { inputs: "a" })?.model, "tiny");
  const vectors = decode("/pipeline/feature-extraction/org/e", { inputs: ["a", "b", "c"] });
  assert.deepEqual([vectors?.model, vectors?.requestType, vectors?.inputCount], ["org/e", "embedding", 3]);
  assert.equal(decode("/v1/models/tiny", { inputs: "a" })?.model, undefined);
  assert.equal(hfTgi.matchHead(toRequestView({ path: "/v1beta/models/tiny:generateContent" })), 0);
});

Deno.test("hf_tgi reads inputs of several texts, and what was said before", () => {
  const path = "/models/org/m";
  const decode = (inputs: unknown) => hfTgi.decodeRequest(toRequestView({ path, json: { inputs } }));
  const asked = decode({ question: "Which owl?", context: "A barn owl sits there." });
  assert.deepEqual(asked?.messages, [{ role: "user", content: "Which owl?\nA barn owl sits there." }]);
  const talk = decode({ text: "And then?", past_user_inputs: ["Hi", "Go on"], generated_responses: ["Hello", "Well"] });
  assert.deepEqual([talk?.requestType, talk?.messageCount], ["chat", 5]);
  assert.deepEqual(talk?.messages.map(({ role, content }) => `${role}: ${content}`), [
    "user: Hi",
    "assistant: Hello",
    "user: Go on",
    "assistant: Well",
    "user: And then?",
  ]);
});

Deno.test("hf_tgi counts sound that is sent as it is", () => {
  const request = hfTgi.decodeRequest(
    toRequestView({ path: "/models/org/ears", headers: { "content-type": "audio/flac" } }),
  );
  assert.deepEqual([request?.requestType, request?.model, request?.messages], ["audio", "org/ears", [
    { role: "user", audioCount: 1 },
  ]]);
});

Deno.test("hf_tgi reads summaries, translations, answers and transcripts, and each of several", () => {
  const read = (...messages: unknown[]) =>
    readAnswer(hfTgi, messages.map((json) => ({ json }))).answer.choices.map(({ message }) => message.content);
  assert.deepEqual(read([{ summary_text: "Owls." }]), ["Owls."]);
  assert.deepEqual(read({ translation_text: "Eule" }, { translation_text: "Maus" }), ["Eule", "Maus"]);
  assert.deepEqual(read({ score: 0.9, start: 2, end: 5, answer: "barn" }), ["barn"]);
  assert.deepEqual(read({ text: "AN OWL CALLS" }), ["AN OWL CALLS"]);
});

Deno.test("hf_tgi reads errors as text and as a list", () => {
  const read = (error: unknown) => readAnswer(hfTgi, [{ json: { error } }], { status: 400 }).answer.error;
  assert.deepEqual(read("Model is loading"), { message: "Model is loading" });
  assert.deepEqual(read(["inputs: field required"]), { message: "inputs: field required" });
});
