import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { audioVendor, imageVendor } from "./media_vendor.ts";

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
