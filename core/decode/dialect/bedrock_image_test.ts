import assert from "node:assert/strict";
import { bedrockImage } from "./bedrock_image.ts";
import { bedrockInvoke } from "./bedrock_invoke.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

const PATH = "/model/amazon.nova-canvas-v1%3A0/invoke";

Deno.test("picture models on Bedrock are asked for pictures, whatever their vendor's format", () => {
  const decode = (path: string, json: unknown) => {
    const request = bedrockInvoke.decodeRequest(toRequestView({ path, json }));
    return [request?.requestType, request?.model, request?.messages.map(({ content }) => content), request?.parameters];
  };
  const task = {
    taskType: "TEXT_IMAGE",
    textToImageParams: { text: "a house", negativeText: "people" },
    imageGenerationConfig: { numberOfImages: 2, width: 64, height: 32, quality: "standard", seed: 0, cfgScale: 8 },
  };
  const asked = { n: 2, size: "64x32", quality: "standard", seed: 0 };
  assert.deepEqual(decode(PATH, task), ["image", "amazon.nova-canvas-v1:0", ["a house"], asked]);
  assert.deepEqual(decode("/model/amazon.titan-image-generator-v2:0/invoke", task)[0], "image");
  const newer = { prompt: "a boat", mode: "text-to-image", output_format: "png" };
  assert.deepEqual(decode("/model/stability.stable-image-core-v1:1/invoke", newer).slice(2), [["a boat"], {
    output_format: "png",
  }]);
  const older = { text_prompts: [{ text: "a tree", weight: 1 }, { text: "rain", weight: -1 }], samples: 1, seed: 4 };
  assert.deepEqual(decode("/model/stability.stable-diffusion-xl-v1/invoke", older).slice(2), [["a tree", "rain"], {
    n: 1,
    seed: 4,
  }]);
  assert.equal(bedrockInvoke.requestType(toRequestView({ path: PATH })), "image");
});

Deno.test("pictures of Bedrock are counted; without any the reason is the error", () => {
  const read = (json: unknown, status = 200) => readAnswer(bedrockInvoke, [{ json }], { path: PATH, status }).answer;
  assert.deepEqual(read({ images: ["QQ==", "Qg=="], error: null }), { choices: [], outputCount: 2 });
  assert.deepEqual(read({ images: ["QQ=="], error: "one was refused" }), { choices: [], outputCount: 1 });
  assert.deepEqual(read({ images: [], error: "all were refused" }).error, { message: "all were refused" });
  assert.deepEqual(read({ message: "no such size" }, 400).error, { message: "no such size" });
  const stability = readAnswer(bedrockImage, [{ json: { seeds: [1], finish_reasons: ["Filter reason: prompt"] } }]);
  assert.deepEqual(stability.answer.error, { message: "Filter reason: prompt" });
  const older = { result: "success", artifacts: [{ base64: "QQ==", finishReason: "SUCCESS" }] };
  assert.equal(readAnswer(bedrockImage, [{ json: older }]).answer.outputCount, 1);
});
