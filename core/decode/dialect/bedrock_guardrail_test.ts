import assert from "node:assert/strict";
import { bedrockGuardrail } from "./bedrock_guardrail.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

const PATH = "/guardrail/g1/version/DRAFT/apply";

Deno.test("bedrock_guardrail reads what is judged, and what is said in its place", () => {
  const view = toRequestView({
    path: PATH,
    json: { source: "INPUT", content: [{ text: { text: "How?" } }, { image: { format: "png" } }] },
  });
  assert.equal(bedrockGuardrail.matchHead(view), 1);
  const request = bedrockGuardrail.decodeRequest(view);
  assert.equal(request?.requestType, "moderation");
  assert.equal(request?.inputCount, 2);
  assert.deepEqual(request?.messages, [{ role: "user", content: "How?", imageCount: 1 }]);
  const { answer } = readAnswer(bedrockGuardrail, [{
    json: { action: "GUARDRAIL_INTERVENED", assessments: [{}], outputs: [{ text: "No" }] },
  }]);
  assert.equal(answer.choices[0]?.message.content, "No");
  assert.equal(answer.choices[0]?.finishReason, "content_filter");
});

Deno.test("bedrock_guardrail says nothing of a text that passed, and survives other shapes", () => {
  assert.deepEqual(readAnswer(bedrockGuardrail, [{ json: { action: "NONE", outputs: [] } }]).answer.choices, []);
  for (const json of [null, 1, "x", [], { content: 1, outputs: {} }, { content: [null], outputs: [1] }]) {
    bedrockGuardrail.decodeRequest(toRequestView({ path: PATH, json }));
    readAnswer(bedrockGuardrail, [{ json }]);
  }
});

Deno.test("bedrock_guardrail reads errors like the rest of the service", () => {
  const { answer } = readAnswer(bedrockGuardrail, [{ json: { message: "no such guardrail" } }], { status: 404 });
  assert.equal(answer.error?.message, "no such guardrail");
});
