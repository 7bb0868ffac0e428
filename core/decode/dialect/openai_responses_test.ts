import assert from "node:assert/strict";
import { Random } from "../../../tests/support/random.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { openaiResponses } from "./openai_responses.ts";

const USAGE = {
  input_tokens: 7,
  input_tokens_details: { cached_tokens: 2 },
  output_tokens: 5,
  output_tokens_details: { reasoning_tokens: 3 },
  total_tokens: 12,
};
const MESSAGE = { type: "message", role: "assistant", content: [{ type: "output_text", text: "Hello" }] };
const CALL = { type: "function_call", id: "fc_1", call_id: "call_1", name: "f", arguments: '{"x":1}' };

function event(type: string, facts: object) {
  return { json: { type, ...facts } };
}

Deno.test("a request's items become messages, calls and results; instructions and system items the prompt", () => {
  const request = openaiResponses.decodeRequest(toRequestView({
    path: "/v1/responses",
    json: {
      model: "m",
      instructions: "Be brief",
      input: [
        { role: "developer", content: "Be kind" },
        { role: "user", content: [{ type: "input_text", text: "Hi" }, { type: "input_image", image_url: "u" }] },
        { type: "reasoning", summary: [{ type: "summary_text", text: "hm" }] },
        CALL,
        { type: "function_call_output", call_id: "call_1", output: "r" },
        { type: "item_reference", id: "x" },
      ],
      previous_response_id: "resp_0",
      prompt_cache_key: "k",
      tools: [{ type: "function", name: "f" }, { type: "mcp", server_label: "s" }, {
        type: "namespace",
        tools: [{ type: "function", name: "g" }],
      }],
      tool_choice: "auto",
      reasoning: { effort: "low" },
      max_output_tokens: 9,
      text: { format: { type: "json_schema" } },
    },
  }));
  assert.equal(request?.systemPrompt, "Be brief\nBe kind");
  assert.equal(request?.messageCount, 5);
  assert.deepEqual(request?.messages, [
    { role: "developer", content: "Be kind" },
    { role: "user", content: "Hi", imageCount: 1 },
    { role: "assistant", reasoning: "hm" },
    { role: "assistant", toolCalls: [{ name: "f", type: "function", id: "call_1", arguments: { x: 1 } }] },
    { role: "tool", content: "r", toolResults: [{ callId: "call_1", content: "r" }] },
  ]);
  assert.deepEqual(request?.tools.map((tool) => tool.name ?? tool.server), ["f", "s", "g"]);
  assert.equal(request?.isDelta, true);
  assert.deepEqual(request?.sessionKeys, { prompt_cache_key: "k" });
  assert.deepEqual(request?.parameters, { max_tokens: 9, reasoning_effort: "low", response_format: "json_schema" });
});

Deno.test("a whole answer gives text, calls, usage and a finish reason by its status", () => {
  const response = {
    object: "response",
    id: "resp_1",
    model: "m",
    status: "completed",
    output: [MESSAGE, CALL],
    usage: USAGE,
  };
  const { answer } = readAnswer(openaiResponses, [{ json: response }]);
  assert.equal(answer.choices[0]?.finishReason, "tool_calls");
  assert.equal(answer.choices[0]?.message.content, "Hello");
  assert.deepEqual(answer.usage, {
    inputTokens: 7,
    cachedTokens: 2,
    reasoningTokens: 3,
    outputTokens: 5,
    totalTokens: 12,
  });
  const cases = [
    ["completed", undefined, "stop"],
    ["incomplete", "max_output_tokens", "length"],
    ["incomplete", "content_filter", "content_filter"],
    ["failed", undefined, "error"],
    ["in_progress", undefined, undefined],
  ];
  for (const [status, reason, expected] of cases) {
    const json = { object: "response", status, incomplete_details: reason ? { reason } : null, output: [MESSAGE] };
    assert.equal(readAnswer(openaiResponses, [{ json }]).answer.choices[0]?.finishReason, expected);
  }
});

Deno.test("a stream ends with the whole answer; a cut one gives what the deltas brought", () => {
  const deltas = [
    event("response.created", {
      response: { object: "response", id: "resp_1", model: "m", status: "in_progress", output: [] },
    }),
    event("response.output_item.added", { output_index: 0, item: { type: "message", content: [] } }),
    event("response.output_text.delta", {
      output_index: 0,
      item_id: "a",
      sequence_number: 1,
      delta: "Hel",
      obfuscation: "x",
    }),
    event("response.output_text.delta", {
      output_index: 0,
      item_id: "b",
      sequence_number: 2,
      delta: "lo",
      obfuscation: "xyz",
    }),
    event("response.output_item.added", { output_index: 1, item: { ...CALL, arguments: "" } }),
    event("response.function_call_arguments.delta", { output_index: 1, delta: '{"x"' }),
  ];
  const cut = readAnswer(openaiResponses, deltas, { isComplete: false }).answer;
  assert.equal(cut.choices[0]?.message.content, "Hello");
  assert.deepEqual(cut.choices[0]?.message.toolCalls, [{
    name: "f",
    type: "function",
    id: "call_1",
    argumentsIncomplete: true,
    argumentsLength: 4,
  }]);
  assert.equal(cut.choices[0]?.finishReason, undefined);
  const end = event("response.completed", {
    response: {
      object: "response",
      id: "resp_1",
      model: "m",
      status: "completed",
      output: [MESSAGE, CALL],
      usage: USAGE,
    },
  });
  const { answer, kinds } = readAnswer(openaiResponses, [...deltas, end]);
  assert.deepEqual(answer.choices[0]?.message.toolCalls, [{
    name: "f",
    type: "function",
    id: "call_1",
    arguments: { x: 1 },
  }]);
  assert.equal(kinds.at(-1), "end");
  assert.equal(kinds.filter((kind) => kind === "token").length, 3);
});

Deno.test("an answer whose last event has an empty output is put together from its items", () => {
  const { answer } = readAnswer(openaiResponses, [
    event("response.output_item.done", { output_index: 0, item: MESSAGE }),
    event("response.output_item.done", { output_index: 1, item: CALL }),
    event("response.completed", { response: { status: "completed", output: [] } }),
  ]);
  assert.equal(answer.choices[0]?.message.content, "Hello");
  assert.equal(answer.choices[0]?.finishReason, "tool_calls");
});

Deno.test("a tool the vendor ran is a call and a result, and does not make the finish reason", () => {
  const item = {
    type: "mcp_call",
    id: "mcp_1",
    name: "f",
    server_label: "s",
    arguments: "{}",
    output: "r",
    error: null,
  };
  const { answer } = readAnswer(openaiResponses, [{
    json: { object: "response", status: "completed", output: [item, MESSAGE] },
  }]);
  assert.deepEqual(answer.choices[0]?.message.toolCalls, [{
    name: "f",
    type: "mcp",
    id: "mcp_1",
    arguments: {},
    server: "s",
    isServerSide: true,
  }]);
  assert.deepEqual(answer.toolResults, [{ isServerSide: true, name: "f", callId: "mcp_1", content: "r" }]);
  assert.equal(answer.choices[0]?.finishReason, "stop");
});

Deno.test("errors are read from a body, an event and a failed response", () => {
  const error = { code: "rate_limit", message: "slow" };
  for (
    const json of [{ error }, { type: "error", error }, { type: "error", ...error }, {
      type: "response.failed",
      response: { status: "failed", error },
    }]
  ) {
    assert.deepEqual(readAnswer(openaiResponses, [{ json }]).answer.error, error, JSON.stringify(json));
  }
});

Deno.test("counting input tokens is its own kind of call", () => {
  const view = toRequestView({ path: "/v1/responses/input_tokens", json: { model: "m", input: "x" } });
  assert.equal(openaiResponses.requestType(view), "count_tokens");
  assert.equal(openaiResponses.decodeRequest(view)?.requestType, "count_tokens");
  const json = { object: "response.input_tokens", input_tokens: 12 };
  const { answer } = readAnswer(openaiResponses, [{ json }], { path: "/v1/responses/input_tokens" });
  assert.deepEqual(answer, { choices: [], usage: { inputTokens: 12 } });
});

Deno.test("what the user said is not the answer's text when a compaction hands it back", () => {
  const user = { type: "message", role: "user", content: [{ type: "input_text", text: "Mine" }] };
  const { answer } = readAnswer(openaiResponses, [{
    json: {
      object: "response.compaction",
      id: "r",
      output: [user, { type: "compaction", encrypted_content: "x" }],
      usage: USAGE,
    },
  }]);
  assert.equal(answer.choices[0]?.message.content, undefined);
  assert.equal(answer.usage?.outputTokens, 5);
});

Deno.test("a message that is done without its text has the text of its deltas", () => {
  const { answer } = readAnswer(openaiResponses, [
    event("response.output_text.delta", { output_index: 0, delta: "Hey" }),
    event("response.output_item.done", { output_index: 0, item: { type: "message", role: "assistant" } }),
  ], { isComplete: false });
  assert.equal(answer.choices[0]?.message.content, "Hey");
});

Deno.test("no message makes the reader or the request throw", () => {
  const random = new Random(5);
  const values = [
    null,
    1,
    "x",
    [],
    {},
    [{}],
    [null],
    MESSAGE,
    CALL,
    { type: "mcp_call" },
    { output: [null, 1, CALL] },
    { status: "completed" },
  ];
  const types = [
    "response.created",
    "response.output_text.delta",
    "response.output_item.added",
    "response.output_item.done",
    "response.completed",
    "error",
    "x",
  ];
  for (let i = 0; i < 2_000; i++) {
    const messages = Array.from(
      { length: 6 },
      () =>
        event(random.pick(types), {
          delta: random.pick(values),
          output_index: random.below(3),
          item: random.pick(values),
          response: random.pick(values),
          error: random.pick(values),
        }),
    );
    readAnswer(openaiResponses, messages, { isComplete: random.once(2) });
    openaiResponses.decodeRequest(
      toRequestView({
        path: "/v1/responses",
        json: {
          input: [random.pick(values), { content: random.pick(values) }],
          tools: random.pick(values),
          conversation: random.pick(values),
        },
      }),
    );
  }
});

Deno.test("an answer in the background is fetched by its id, and has no message before", () => {
  const options = { path: "/v1/responses", host: "h.example" };
  const queued = { object: "response", id: "resp_1", model: "m-1", status: "queued", output: [], usage: null };
  const accepted = readAnswer(openaiResponses, [{ json: queued }], options).answer;
  assert.deepEqual(accepted, {
    requestId: "resp_1",
    model: "m-1",
    isAccepted: true,
    pending: { addresses: ["h.example/v1/responses/resp_1"] },
    choices: [],
  });
  const poll = { path: "/v1/responses/resp_1", host: "h.example", method: "GET", earlier: accepted };
  const running = readAnswer(openaiResponses, [{ json: { ...queued, status: "in_progress" } }], poll).answer;
  assert.deepEqual([running.pending, running.choices], [{ addresses: [] }, []]);
  const ofManus = readAnswer(openaiResponses, [{ json: { ...queued, status: "running" } }], options).answer;
  assert.deepEqual(ofManus.pending, accepted.pending);
  const done = { ...queued, status: "completed", output: [MESSAGE], usage: USAGE };
  const { answer } = readAnswer(openaiResponses, [{ json: done }], poll);
  assert.deepEqual([answer.pending, answer.choices[0]?.message.content, answer.usage?.totalTokens], [
    undefined,
    "Hello",
    12,
  ]);
});
