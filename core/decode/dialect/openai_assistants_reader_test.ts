import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { openaiAssistants } from "./openai_assistants.ts";

const RUN = {
  id: "run_1",
  object: "thread.run",
  thread_id: "thread_1",
  model: "gpt-4o-mini",
  status: "in_progress",
  usage: null,
};

function piece(value: string) {
  return {
    name: "thread.message.delta",
    json: {
      id: "msg_1",
      object: "thread.message.delta",
      delta: { content: [{ index: 0, type: "text", text: { value } }] },
    },
  };
}

const STREAM = [
  { name: "thread.run.created", json: { ...RUN, status: "queued" } },
  {
    name: "thread.run.step.completed",
    json: {
      object: "thread.run.step",
      status: "completed",
      step_details: {
        type: "tool_calls",
        tool_calls: [{ id: "call_1", type: "code_interpreter", code_interpreter: { input: "1+1", outputs: [] } }],
      },
    },
  },
  { name: "thread.message.created", json: { id: "msg_1", object: "thread.message", role: "assistant", content: [] } },
  piece("Two"),
  piece(" owls"),
  {
    name: "thread.run.completed",
    json: {
      ...RUN,
      status: "completed",
      usage: { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 },
    },
  },
  { name: "done", text: "[DONE]" },
];

Deno.test("a streamed run has the text of its message, the vendor's own calls, counts and a reason", () => {
  const { kinds, answer } = readAnswer(openaiAssistants, STREAM);
  assert.deepEqual(kinds, ["meta", "meta", "meta", "token", "token", "meta", "end"]);
  assert.equal(answer.requestId, "run_1");
  assert.equal(answer.model, "gpt-4o-mini");
  assert.deepEqual(answer.choices, [{
    index: 0,
    message: {
      role: "assistant",
      content: "Two owls",
      toolCalls: [{ id: "call_1", name: "code_interpreter", type: "server", arguments: "1+1", isServerSide: true }],
    },
    finishReason: "stop",
    rawFinishReason: "completed",
  }]);
  assert.deepEqual(answer.usage, { inputTokens: 4, outputTokens: 2, totalTokens: 6 });
  assert.equal(answer.isAccepted, undefined);
});

Deno.test("a streamed run that was cut has no reason, and the whole message beats its pieces", () => {
  const cut = readAnswer(openaiAssistants, STREAM.slice(0, 5), { isComplete: false }).answer;
  assert.equal(cut.choices[0]?.message.content, "Two owls");
  assert.equal(cut.choices[0]?.finishReason, undefined);
  assert.equal(cut.usage, undefined);
  const whole = {
    name: "thread.message.completed",
    json: {
      id: "msg_1",
      object: "thread.message",
      role: "assistant",
      content: [{ type: "text", text: { value: "Two owls!" } }],
    },
  };
  const { answer } = readAnswer(openaiAssistants, [...STREAM.slice(0, 4), whole]);
  assert.equal(answer.choices[0]?.message.content, "Two owls!");
});

Deno.test("a run that was taken on waits for its outcome at its own address", () => {
  const read = (path: string, query: string, json: unknown) => {
    const reader = openaiAssistants.createReader({
      request: undefined,
      head: { ...toRequestView({ path }), host: "api.openai.com", query },
      response: { status: 200, headers: new Map(), contentType: "" },
      quirks: [],
      wantsDelta: false,
    });
    reader.message({ text: JSON.stringify(json) });
    return reader.finish(true);
  };
  const asked = read("/v1/threads/thread_1/runs", "", { ...RUN, status: "queued" });
  assert.equal(asked.isAccepted, true);
  assert.deepEqual(asked.pending, { addresses: ["api.openai.com/v1/threads/thread_1/runs/run_1"] });
  const both = read("/openai/threads/runs", "api-version=1", { ...RUN, status: "queued" });
  assert.deepEqual(both.pending?.addresses, ["api.openai.com/openai/threads/thread_1/runs/run_1?api-version=1"]);
  const done = read("/v1/threads/thread_1/runs/run_1", "", {
    ...RUN,
    status: "completed",
    usage: { prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 },
  });
  assert.equal(done.pending, undefined);
  assert.deepEqual(done.usage, { inputTokens: 4, outputTokens: 2, totalTokens: 6 });
});

Deno.test("a run that failed, expired or was cut short says so", () => {
  const read = (json: unknown) => readAnswer(openaiAssistants, [{ json }]).answer;
  const failed = { ...RUN, status: "failed", last_error: { code: "rate_limit_exceeded", message: "slow" } };
  assert.deepEqual(read(failed).error, { type: "failed", code: "rate_limit_exceeded", message: "slow" });
  assert.deepEqual(read({ ...RUN, status: "expired", last_error: null }).error, { type: "expired" });
  const refused = readAnswer(openaiAssistants, [{ json: { error: { message: "no thread", type: "invalid" } } }], {
    status: 404,
  });
  assert.equal(refused.answer.error?.message, "no thread");
  assert.deepEqual(refused.answer.choices, []);
});
