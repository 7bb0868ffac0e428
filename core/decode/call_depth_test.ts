import assert from "node:assert/strict";
import { isDeeperThan, limitAnswerDepth, limitRequestDepth, MAX_VALUE_DEPTH } from "./call_depth.ts";

function nest(levels: number): unknown {
  return JSON.parse("[".repeat(levels) + '{"a":'.repeat(levels) + "1" + "}".repeat(levels) + "]".repeat(levels));
}

Deno.test("depth is counted over lists and objects, and 200,000 levels are no trouble", () => {
  assert.equal(isDeeperThan(1, 0), false);
  assert.equal(isDeeperThan({}, 0), true);
  assert.equal(isDeeperThan(nest(2), 4), false);
  assert.equal(isDeeperThan(nest(2), 3), true);
  assert.equal(isDeeperThan(nest(100_000), MAX_VALUE_DEPTH), true);
});

Deno.test("arguments and parameters that are nested too deep are taken out, and the call says so", () => {
  const call = () => ({ name: "f", type: "function", arguments: nest(60) });
  const request = {
    requestType: "chat" as const,
    isStreaming: false,
    messages: [{ role: "assistant", toolCalls: [call(), { name: "g", type: "function", arguments: { x: 1 } }] }],
    tools: [],
    parameters: { stop: nest(60), temperature: 1 },
  };
  limitRequestDepth(request);
  assert.deepEqual(request.messages[0]?.toolCalls, [
    { name: "f", type: "function", argumentsIncomplete: true },
    { name: "g", type: "function", arguments: { x: 1 } },
  ]);
  assert.deepEqual(request.parameters, { temperature: 1 });
  const response = { choices: [{ index: 0, message: { role: "assistant", toolCalls: [call()] } }] };
  limitAnswerDepth(response);
  assert.deepEqual(response.choices[0]?.message.toolCalls, [{
    name: "f",
    type: "function",
    argumentsIncomplete: true,
  }]);
});
