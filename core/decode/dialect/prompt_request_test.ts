import assert from "node:assert/strict";
import { decodePromptRequest } from "./prompt_request.ts";
import { toRequestView } from "./dialect_testing.ts";

const readParameters = (json: Record<string, unknown>) => ({ temperature: json["temperature"], stop: json["stops"] });

Deno.test("a prompt is one message of the user, with the settings that are given", () => {
  const json = { model: "m-1", prompt: "Once", temperature: 0, stops: null, stream: true };
  assert.deepEqual(decodePromptRequest(toRequestView({ path: "/", json }), readParameters), {
    requestType: "completion",
    model: "m-1",
    isStreaming: true,
    messages: [{ role: "user", content: "Once" }],
    tools: [],
    parameters: { temperature: 0 },
  });
  assert.equal(
    decodePromptRequest(toRequestView({ path: "/", json: { prompt: "Once" } }), readParameters, "m-2")?.model,
    "m-2",
  );
});

Deno.test("a body without a prompt is no prompt request", () => {
  for (const json of [undefined, null, [], "x", {}, { prompt: 1 }]) {
    assert.equal(decodePromptRequest(toRequestView({ path: "/", json }), readParameters), undefined);
  }
});
