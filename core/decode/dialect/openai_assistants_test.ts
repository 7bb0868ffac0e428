import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { openaiAssistants } from "./openai_assistants.ts";

Deno.test("openai_assistants reads runs, submitted tool outputs and asked tool calls, and leaves threads alone", () => {
  const isMatch = (path: string) => openaiAssistants.matchHead(toRequestView({ path })) > 0;
  assert.ok(isMatch("/v1/threads/thread_1/runs") && isMatch("/v1/threads/runs"));
  assert.ok(
    !isMatch("/v1/threads") && !isMatch("/v1/threads/thread_1/messages") && !isMatch("/v1/threads/t/runs/r/cancel"),
  );
  const outputs = openaiAssistants.decodeRequest(toRequestView({
    path: "/v1/threads/t/runs/r/submit_tool_outputs",
    json: { tool_outputs: [{ tool_call_id: "c", output: "7" }] },
  }));
  assert.deepEqual(outputs?.messages, [{ role: "tool", toolResults: [{ callId: "c", content: "7" }] }]);
  const { answer } = readAnswer(openaiAssistants, [{
    json: {
      id: "run_1",
      object: "thread.run",
      model: "gpt-4",
      required_action: {
        submit_tool_outputs: { tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }] },
      },
      usage: null,
    },
  }]);
  assert.equal(answer.requestId, "run_1");
  assert.deepEqual(answer.choices[0]?.message.toolCalls, [{ name: "f", type: "function", id: "c", arguments: {} }]);
  assert.equal(answer.usage, undefined);
});
