import assert from "node:assert/strict";
import { bedrockText } from "./bedrock_text.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

Deno.test("bedrock_text reads Titan's, Llama's and Mistral's prompts and answers", () => {
  const decode = (json: unknown) => bedrockText.decodeRequest(toRequestView({ path: "/model/m/invoke", json }));
  assert.deepEqual(decode({ inputText: "a", textGenerationConfig: { maxTokenCount: 3 } })?.parameters, {
    max_tokens: 3,
  });
  assert.equal(decode({ prompt: "b", max_gen_len: 4 })?.messages[0]?.content, "b");
  const titan = readAnswer(bedrockText, [{
    json: { inputTextTokenCount: 2, results: [{ outputText: "x", tokenCount: 1, completionReason: "LENGTH" }] },
  }]).answer;
  assert.equal(titan.choices[0]?.finishReason, "length");
  assert.deepEqual(titan.usage, { inputTokens: 2, outputTokens: 1, totalTokens: 3 });
  const mistral = readAnswer(bedrockText, [{ json: { outputs: [{ text: "y", stop_reason: "stop" }] } }]).answer;
  assert.equal(mistral.choices[0]?.message.content, "y");
  assert.equal(mistral.usage, undefined);
});

Deno.test("bedrock_text keeps the counts that a stream states in different messages", () => {
  const llama = readAnswer(bedrockText, [
    { json: { generation: "He", prompt_token_count: 2, generation_token_count: 1, stop_reason: null } },
    { json: { generation: "y", prompt_token_count: null, generation_token_count: 2, stop_reason: "stop" } },
  ]).answer;
  assert.deepEqual(llama.usage, { inputTokens: 2, outputTokens: 2, totalTokens: 4 });
  const titan = readAnswer(bedrockText, [
    { json: { outputText: "He", totalOutputTextTokenCount: null, inputTextTokenCount: 2 } },
    { json: { outputText: "y", totalOutputTextTokenCount: 3, completionReason: "FINISH", inputTextTokenCount: null } },
  ]).answer;
  assert.deepEqual(titan.usage, { inputTokens: 2, outputTokens: 3, totalTokens: 5 });
  assert.equal(titan.choices[0]?.message.content, "Hey");
});

Deno.test("bedrock_text says why an answer ended that a guardrail gave, where the model says nothing", () => {
  const read = (json: Record<string, unknown>) => readAnswer(bedrockText, [{ json }]).answer.choices[0];
  const given = read({ generation: "Ask another.", "amazon-bedrock-guardrailAction": "INTERVENED" });
  assert.deepEqual([given?.finishReason, given?.rawFinishReason], ["content_filter", "INTERVENED"]);
  const stopped = read({ generation: "Yes", stop_reason: "stop", "amazon-bedrock-guardrailAction": "INTERVENED" });
  assert.equal(stopped?.finishReason, "stop");
  assert.equal(read({ generation: "Yes", "amazon-bedrock-guardrailAction": "NONE" })?.finishReason, undefined);
});
