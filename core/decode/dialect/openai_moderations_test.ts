import assert from "node:assert/strict";
import { toRequestView } from "./dialect_testing.ts";
import { openaiModerations } from "./openai_moderations.ts";

Deno.test("openai_moderations reads text and image inputs", () => {
  const request = openaiModerations.decodeRequest(toRequestView({
    path: "/v1/moderations",
    json: { input: ["a", { type: "image_url", image_url: {} }, { type: "text", text: "b" }, 7] },
  }));
  assert.equal(request?.inputCount, 4);
  assert.deepEqual(request?.messages, [
    { role: "user", content: "a" },
    { role: "user", imageCount: 1 },
    { role: "user", content: "b" },
  ]);
});
