import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { openaiImages } from "./openai_images.ts";

Deno.test("openai_images reads prompt and parameters from JSON and from a form, and counts images", () => {
  const json = openaiImages.decodeRequest(toRequestView({
    path: "/v1/images/generations",
    json: { model: "gpt-image-1", prompt: "a cat", n: 2, size: "1024x1024" },
  }));
  assert.deepEqual(json?.messages, [{ role: "user", content: "a cat" }]);
  assert.deepEqual(json?.parameters, { n: 2, size: "1024x1024" });
  const form = openaiImages.decodeRequest({
    ...toRequestView({ path: "/v1/images/edits" }),
    messages: [{ name: "model", text: "gpt-image-1" }, { name: "prompt", text: "a dog" }],
  });
  assert.equal(form?.model, "gpt-image-1");
  const { answer } = readAnswer(openaiImages, [{
    json: {
      data: [{ b64_json: "AAAA" }, { b64_json: "BBBB" }],
      usage: { input_tokens: 5, output_tokens: 7, total_tokens: 12 },
    },
  }]);
  assert.equal(answer.outputCount, 2);
  assert.equal(answer.usage?.totalTokens, 12);
});

Deno.test("openai media formats read errors of every common form", () => {
  const { answer } = readAnswer(
    openaiImages,
    [{ json: { error: { message: "bad", type: "invalid_request_error" } } }],
    {
      status: 400,
    },
  );
  assert.deepEqual(answer.error, { message: "bad", type: "invalid_request_error" });
});

Deno.test("openai_images reads the members that some servers name otherwise", () => {
  const request = openaiImages.decodeRequest(
    toRequestView({ path: "/v1/images/generations", json: { model_name: "Painter", prompt: "an owl" } }),
  );
  assert.equal(request?.model, "Painter");
  const { answer } = readAnswer(openaiImages, [{ json: { id: "img-1", images: [{ index: 0, image: "AAAA" }] } }]);
  assert.deepEqual([answer.outputCount, answer.requestId], [1, "img-1"]);
});
