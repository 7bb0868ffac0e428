import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { hfTgi } from "./hf_tgi.ts";
import { audioVendor, imageVendor } from "./media_vendor.ts";
import { replicate } from "./replicate.ts";

Deno.test("audio_vendor reads model and text, a transcript, and never matches by path alone", () => {
  const view = { ...toRequestView({ path: "/v1/listen", json: { url: "https://x" } }), query: "model=nova-3&x=1" };
  assert.equal(audioVendor.decodeRequest(view)?.model, "nova-3");
  assert.ok(audioVendor.matchHead(view) < 0.5);
  const { answer } = readAnswer(audioVendor, [{
    json: { metadata: { request_id: "r" }, results: { channels: [{ alternatives: [{ transcript: "hi" }] }] } },
  }]);
  assert.equal(answer.requestId, "r");
  assert.equal(answer.choices[0]?.message.content, "hi");
});

Deno.test("image_vendor counts pictures and reads the prompt", () => {
  const request = imageVendor.decodeRequest(toRequestView({ path: "/v1/flux-pro", json: { prompt: "a cat" } }));
  assert.equal(request?.messages[0]?.content, "a cat");
  assert.equal(readAnswer(imageVendor, [{ json: { images: [1, 2] } }]).answer.outputCount, 2);
});

Deno.test("replicate reads model, prompt, text output and files", () => {
  const request = replicate.decodeRequest(toRequestView({
    path: "/v1/models/meta/llama-3/predictions",
    json: { input: { prompt: "p", max_new_tokens: 4 } },
  }));
  assert.equal(request?.model, "meta/llama-3");
  assert.deepEqual(request?.parameters, { max_tokens: 4 });
  const text =
    readAnswer(replicate, [{ json: { id: "i", output: ["a", "b"], metrics: { input_token_count: 1 } } }]).answer;
  assert.equal(text.choices[0]?.message.content, "ab");
  assert.deepEqual(text.usage, { inputTokens: 1 });
  const files = readAnswer(replicate, [{ json: { id: "i", output: ["https://replicate.delivery/x.png"] } }]).answer;
  assert.equal(files.outputCount, 1);
  assert.deepEqual(files.choices, []);
});

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
