import assert from "node:assert/strict";
import { Random } from "../../../tests/support/random.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { openaiChat } from "./openai_chat.ts";
import { decodeOpenAiUsage } from "./openai_usage.ts";

function decode(json: unknown) {
  return openaiChat.decodeRequest(toRequestView({ path: "/v1/chat/completions", json }));
}

Deno.test("system and developer messages are the prompt wherever they stand, and are not counted", () => {
  const request = decode({
    model: "m",
    messages: [{ role: "system", content: "A" }, { role: "user", content: "u" }, {
      role: "developer",
      content: [{ type: "text", text: "B" }],
    }],
  });
  assert.deepEqual([request?.systemPrompt, request?.messageCount, request?.messages.length], ["A\nB", 1, 3]);
});

Deno.test("parts are joined, others counted; calls and results keep their ids", () => {
  const request = decode({
    messages: [
      {
        role: "user",
        content: [{ type: "text", text: "a" }, { type: "image_url", image_url: {} }, { type: "text", text: "b" }, {
          type: "input_audio",
        }, { type: "file" }],
      },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: '{"x":1}' } }, {
          id: "c2",
          type: "custom",
          custom: { name: "g", input: "raw" },
        }, { id: "c3", type: "function", function: { name: "h", arguments: "{" } }],
      },
      { role: "tool", tool_call_id: "c1", content: "r" },
      { role: "function", name: "f", content: "r2" },
    ],
  });
  assert.deepEqual(request?.messages, [
    { role: "user", content: "a\nb", imageCount: 1, audioCount: 1, fileCount: 1 },
    {
      role: "assistant",
      toolCalls: [
        { name: "f", type: "function", id: "c1", arguments: { x: 1 } },
        { name: "g", type: "custom", arguments: "raw", id: "c2" },
        { name: "h", type: "function", id: "c3", argumentsIncomplete: true, argumentsLength: 1 },
      ],
    },
    { role: "tool", content: "r", toolResults: [{ callId: "c1", content: "r" }] },
    { role: "function", content: "r2", name: "f", toolResults: [{ name: "f", content: "r2" }] },
  ]);
});

Deno.test("parameters have one name each; tools have name and type", () => {
  const request = decode({
    messages: [],
    max_completion_tokens: 7,
    max_tokens: 9,
    stop: "x",
    temperature: 0,
    seed: null,
    response_format: { type: "json_object" },
    tool_choice: { type: "function", function: { name: "f" } },
    tools: [{ type: "function", function: { name: "f", description: "d" } }, { type: "web_search" }],
    functions: [{ name: "old" }],
  });
  assert.deepEqual(request?.parameters, { max_tokens: 7, stop: "x", temperature: 0, response_format: "json_object" });
  assert.deepEqual(request?.tools, [{ type: "function", name: "f", description: "d" }, { type: "web_search" }, {
    type: "function",
    name: "old",
  }]);
  assert.equal(request?.toolChoice, "f");
});

Deno.test("reasoning beside the completion is added where the vendor's total or its quirk says so", () => {
  const usage = { prompt_tokens: 10, completion_tokens: 5, completion_tokens_details: { reasoning_tokens: 7 } };
  assert.equal(decodeOpenAiUsage({ ...usage, total_tokens: 22 }, [])?.outputTokens, 12);
  assert.equal(decodeOpenAiUsage({ ...usage, total_tokens: 15 }, ["reasoning_outside_completion"])?.outputTokens, 5);
  assert.equal(decodeOpenAiUsage(usage, ["reasoning_outside_completion"])?.outputTokens, 12);
  assert.equal(decodeOpenAiUsage(usage, [])?.outputTokens, 5);
});

Deno.test("cached tokens have several names; a cost counts only where its unit is known", () => {
  assert.equal(decodeOpenAiUsage({ prompt_tokens: 9, prompt_cache_hit_tokens: 4 }, [])?.cachedTokens, 4);
  assert.equal(
    decodeOpenAiUsage({ prompt_tokens: 9, prompt_tokens_details: { cached_tokens: 0 } }, [])?.cachedTokens,
    0,
  );
  assert.equal(decodeOpenAiUsage({ cost: 0.5 }, [])?.statedCostUsd, undefined);
  assert.equal(decodeOpenAiUsage({ cost: 0.5 }, ["usage_cost_usd"])?.statedCostUsd, 0.5);
  assert.equal(decodeOpenAiUsage({ cost: 0.5, is_byok: true }, ["usage_cost_usd"])?.statedCostUsd, undefined);
  assert.equal(decodeOpenAiUsage({ cost: { total_cost: 0.25 } }, [])?.statedCostUsd, 0.25);
  assert.equal(decodeOpenAiUsage({ cost_in_usd_ticks: 1e9 }, [])?.statedCostUsd, 0.1);
  assert.equal(decodeOpenAiUsage({ cost_in_usd_ticks: 0 }, [])?.statedCostUsd, undefined);
});

Deno.test("a body that has a delta beside its message is read from the message unless it streams", () => {
  const json = {
    choices: [{
      index: 0,
      delta: { content: "" },
      message: { role: "assistant", content: "x" },
      finish_reason: "stop",
    }],
  };
  assert.equal(readAnswer(openaiChat, [{ json }]).answer.choices[0]?.message.content, "x");
});

Deno.test("errors come in many forms; the looser ones count only with a status that says so", () => {
  const read = (json: unknown, status: number) => readAnswer(openaiChat, [{ json }], { status }).answer.error;
  assert.deepEqual(read({ error: { message: "m", type: "t", code: null } }, 400), { message: "m", type: "t" });
  assert.deepEqual(read({ error: "m", code: "c" }, 400), { message: "m", code: "c" });
  assert.deepEqual(read([{ error: { message: "m", code: 400, status: "s" } }], 400), { message: "m", code: "400" });
  assert.deepEqual(read({ object: "error", message: "m", type: "t" }, 422), { message: "m", type: "t" });
  assert.deepEqual(read({ detail: [{ msg: "m" }] }, 422), { message: "m" });
  assert.deepEqual(read({ message: "m" }, 401), { message: "m" });
  assert.equal(read({ message: "m" }, 200), undefined);
});

Deno.test("pictures beside the content are counted, in a body and in a stream", () => {
  const message = { role: "assistant", content: "x", images: [{}, {}] };
  assert.equal(
    readAnswer(openaiChat, [{ json: { choices: [{ index: 0, message }] } }]).answer.choices[0]?.message.imageCount,
    2,
  );
  const delta = { json: { choices: [{ index: 0, delta: message }] } };
  assert.equal(readAnswer(openaiChat, [delta, delta]).answer.choices[0]?.message.imageCount, 4);
});

Deno.test("a part without a type is what its only member says", () => {
  const content = [{ text: "see" }, { image: "data:," }, { audio: "data:," }, { other: 1 }];
  assert.deepEqual(decode({ messages: [{ role: "user", content }] })?.messages, [
    { role: "user", content: "see", imageCount: 1, audioCount: 1, fileCount: 1 },
  ]);
});

Deno.test("a tier among the counts is the tier of the answer, the last one named; so are tokens written to a cache", () => {
  const chunk = (usage: object) => ({ json: { choices: [{ index: 0, delta: { content: "x" } }], usage } });
  const { answer } = readAnswer(openaiChat, [
    chunk({ prompt_tokens: 9, completion_tokens: 1, service_tier: "priority" }),
    chunk({ prompt_tokens: 9, completion_tokens: 2, service_tier: "standard", cache_creation_input_tokens: 4 }),
  ]);
  assert.equal(answer.serviceTier, "standard");
  assert.deepEqual(answer.usage, { inputTokens: 9, outputTokens: 2, totalTokens: 11, cacheWriteTokens: 4 });
});

Deno.test("fragments that name nothing belong to the calls in their order; the counts may stand in the choice", () => {
  const chunk = (tool_calls: object[], more: object = {}) => ({
    json: { choices: [{ index: 0, delta: { tool_calls }, ...more }] },
  });
  const { answer } = readAnswer(openaiChat, [
    chunk([{ id: "a", function: { name: "f", arguments: "" } }, { id: "b", function: { name: "g", arguments: "" } }]),
    chunk([{ function: { arguments: '{"x":' } }, { function: { arguments: '{"y":' } }]),
    chunk([{ function: { arguments: "1}" } }, { function: { arguments: "2}" } }]),
    chunk([], { finish_reason: "tool_calls", usage: { prompt_tokens: 6, completion_tokens: 2, total_tokens: 8 } }),
  ]);
  assert.deepEqual(answer.choices[0]?.message.toolCalls, [
    { id: "a", name: "f", type: "function", arguments: { x: 1 } },
    { id: "b", name: "g", type: "function", arguments: { y: 2 } },
  ]);
  assert.equal(answer.usage?.totalTokens, 8);
});

Deno.test("no body makes the request or the answer throw", () => {
  const random = new Random(11);
  const values = [null, 1, "x", [], {}, [null], [{}], { role: 1 }, { role: "tool" }, [{ type: 1 }], {
    function: { name: 1 },
  }, [{ function: { name: "f", arguments: 3 } }]];
  for (let i = 0; i < 2_000; i++) {
    const message = {
      role: random.pick(values),
      content: random.pick(values),
      tool_calls: random.pick(values),
      function_call: random.pick(values),
      audio: random.pick(values),
      reasoning_details: random.pick(values),
    };
    decode({
      messages: [message, random.pick(values)],
      tools: random.pick(values),
      functions: random.pick(values),
      tool_choice: random.pick(values),
      response_format: random.pick(values),
    });
    const choice = {
      index: random.pick(values),
      message: random.once(2) ? message : undefined,
      delta: random.once(2) ? message : undefined,
      finish_reason: random.pick(values),
    };
    readAnswer(openaiChat, [{
      json: {
        choices: [choice, random.pick(values)],
        usage: random.pick(values),
        error: random.pick(values),
        x_groq: random.pick(values),
      },
    }]);
  }
});

Deno.test("an empty audio member is no sound; sound that comes in pieces is one, with what it says", () => {
  const empty = { data: "", expires_at: 0, id: "", transcript: "" };
  const whole = readAnswer(openaiChat, [{
    json: { choices: [{ message: { role: "assistant", content: "a", audio: empty } }] },
  }]);
  assert.deepEqual(whole.answer.choices[0]?.message, { role: "assistant", content: "a" });
  const deltas = [
    { role: "assistant", content: null, audio: { id: "audio_1" } },
    { audio: { transcript: "Good " } },
    { audio: { data: "AAAA" } },
    { audio: { transcript: "day" } },
  ];
  const { answer } = readAnswer(openaiChat, deltas.map((delta) => ({ json: { choices: [{ index: 0, delta }] } })));
  assert.deepEqual(answer.choices[0]?.message, { role: "assistant", content: "Good day", audioCount: 1 });
});

Deno.test("tools that Groq runs itself are calls with results, whole and in pieces", () => {
  const asked = { index: 0, type: "search", arguments: '{"query":"x"}' };
  const whole = { message: { role: "assistant", content: "It is.", executed_tools: [{ ...asked, output: "found" }] } };
  const pieces = [
    { delta: { role: "assistant", executed_tools: [asked] } },
    { delta: { executed_tools: [{ index: 0, type: "search", output: "found" }] } },
    { delta: { content: "It is." } },
  ];
  for (const choices of [[whole], pieces]) {
    const { answer } = readAnswer(
      openaiChat,
      choices.map((choice) => ({ json: { choices: [{ index: 0, ...choice }] } })),
    );
    assert.deepEqual(answer.choices[0]?.message.toolCalls, [
      { name: "search", type: "server", arguments: { query: "x" }, isServerSide: true },
    ]);
    assert.deepEqual(answer.toolResults, [{ name: "search", content: "found", isServerSide: true }]);
  }
  for (const executed_tools of [[null, 1, {}], "x", [{ type: "python", arguments: 5 }]]) {
    readAnswer(openaiChat, [{ json: { choices: [{ message: { role: "assistant", executed_tools } }] } }]);
  }
});

Deno.test("chat has other paths at some vendors, which say so on their hosts alone", () => {
  const match = (path: string, host: string) =>
    openaiChat.matchHead({ method: "POST", path, query: "", host, headers: new Map() });
  assert.equal(match("/v1/chat", "api.writer.com"), 0.3);
  assert.equal(match("/v1/chat", "api.cohere.com"), 0);
  assert.equal(match("/api/v2/cortex/inference:complete", "x.snowflakecomputing.com"), 0.3);
  const path = "/serving-endpoints/my-model/invocations";
  const messages = [{ role: "user", content: "hi" }];
  const body = (json: Record<string, unknown>, at: string) =>
    openaiChat.matchBody(json, { method: "POST", path: at, query: "", headers: new Map() });
  assert.deepEqual([body({ messages }, path), body({ messages }, "/elsewhere"), body({ inputs: [] }, path)], [
    0.7,
    0.5,
    0,
  ]);
});

Deno.test("openai_chat: a prompt that the gateway keeps has no messages in the request", () => {
  const path = "/v1/prompts/pp-greet-1/completions";
  assert.equal(openaiChat.matchHead(toRequestView({ path })), 0.9);
  const json = { variables: { name: "Ada" }, stream: true, temperature: 0.5 };
  const request = openaiChat.decodeRequest(toRequestView({ path, json }));
  assert.deepEqual(request, {
    requestType: "chat",
    isStreaming: true,
    messages: [],
    tools: [],
    parameters: { temperature: 0.5 },
  });
});

Deno.test("a request whose messages are no list is a call of its model, with no word of messages", () => {
  const decode = (json: unknown) => openaiChat.decodeRequest(toRequestView({ path: "/v1/chat/completions", json }));
  const request = decode({ model: "m", messages: "Hello", max_tokens: 5 });
  assert.deepEqual([request?.model, request?.messages, request?.messageCount], ["m", [], undefined]);
  assert.deepEqual(request?.parameters, { max_tokens: 5 });
  assert.equal(decode({ messages: "Hello" }), undefined);
});
