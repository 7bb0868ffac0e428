import assert from "node:assert/strict";
import { ChatReader } from "./openai_chat_reader.ts";
import type { ResponseContext } from "./dialect.ts";
import { readAnswer } from "./dialect_testing.ts";
import { openaiChat } from "./openai_chat.ts";
import { Random } from "../../../tests/support/random.ts";

const HEAD = { method: "POST", path: "/v1/chat/completions", query: "", headers: new Map<string, string>() };

function toContext(status = 200, wantsDelta = false): ResponseContext {
  return {
    request: undefined,
    head: HEAD,
    response: { status, headers: new Map(), contentType: "text/event-stream" },
    quirks: [],
    wantsDelta,
  };
}

/** Reads a stream with one reader, so that templates are used where they fit. */
function readStream(events: readonly string[], wantsDelta = false) {
  const reader = new ChatReader(toContext(200, wantsDelta));
  const results = events.map((text) => reader.message({ text }));
  return { results, answer: reader.finish(true) };
}

/**
 * Reads a stream so that no template can ever fit: every event gets white space of another length before its first key, which
 * JSON does not mind.
 */
function readParsed(events: readonly string[], wantsDelta = false) {
  return readStream(
    events.map((text, i) => text.startsWith("{") ? `{${" ".repeat(i + 1)}${text.slice(1)}` : text),
    wantsDelta,
  );
}

const TEXTS = [
  "Hi",
  " there",
  "",
  "é😀",
  'say "x"',
  "back\\slash",
  "line\nbreak",
  "\u2028",
  "\ud83d",
  "tab\t",
  '{"content":"x"}',
  "[DONE]",
];

function toChunk(random: Random, style: number): string {
  const text = random.pick(TEXTS);
  const fields: Record<string, unknown>[] = [
    { content: text },
    { role: "assistant", content: text },
    { content: text, tool_calls: [] },
    { content: null, reasoning_content: text },
    { content: "", reasoning: text },
    { reasoning: text, reasoning_details: [{ type: "reasoning.text", text }] },
    { tool_calls: [{ index: random.below(2), function: { arguments: text } }] },
    {
      tool_calls: [{
        index: random.below(2),
        id: `call_${random.below(3)}`,
        type: "function",
        function: { name: "f", arguments: "" },
      }],
    },
    { content: text, refusal: null, annotations: [] },
    { content: [{ type: "text", text }] },
    {},
  ];
  const delta = random.pick(fields);
  const reason = random.below(12) === 0 ? "stop" : null;
  const choice = {
    index: random.below(8) === 0 ? 1 : 0,
    delta,
    logprobs: random.below(6) === 0 ? { content: [] } : null,
    finish_reason: reason,
  };
  const event: Record<string, unknown> = {
    id: "c1",
    object: "chat.completion.chunk",
    created: 17 + random.below(3),
    model: "m",
    choices: [choice],
  };
  if (style & 1) event.obfuscation = "x".repeat(random.below(9));
  if (style & 2) event.usage = random.below(9) === 0 ? { prompt_tokens: 3, completion_tokens: random.below(9) } : null;
  if (random.below(40) === 0) event.error = { message: "late", code: 500 };
  return style & 4 ? JSON.stringify(event, null, 1) : spaced(JSON.stringify(event), style);
}

/** The separators Python's json module writes; the padding Anthropic writes. */
function spaced(text: string, style: number): string {
  return style & 8 ? `${text.slice(0, -1)}   }` : text;
}

Deno.test("the fast path gives the same answer as a full parse for 400 random streams of every shape", () => {
  for (let seed = 1; seed <= 400; seed++) {
    const random = new Random(seed);
    const style = random.below(16);
    const events = Array.from({ length: 40 }, () => toChunk(random, style));
    const wantsDelta = seed % 2 === 0;
    assert.deepEqual(readStream(events, wantsDelta), readParsed(events, wantsDelta), `seed ${seed}`);
  }
});

Deno.test("the fast path does not take an event with a broken escape or a raw control character", () => {
  const event = (body: string) =>
    `{"id":"a","choices":[{"index":0,"delta":{"content":"${body}"},"finish_reason":null}]}`;
  const events = ["one", "two", "\\x", "three", "\u0001", "\\", "four", '","x":"', "five"].map(event);
  const { answer } = readStream(events);
  // The seventh is JSON with one key more: content "" and nothing else of interest.
  assert.equal(answer.choices[0]?.message.content, "onetwothreefourfive");
  assert.deepEqual(readStream(events), readParsed(events));
});

Deno.test("a stream's tool calls are joined per index, each with its parsed arguments", () => {
  const chunk = (delta: unknown, finish_reason: string | null = null) =>
    JSON.stringify({ id: "c", model: "m", choices: [{ index: 0, delta, finish_reason }] });
  const { answer, results } = readStream([
    chunk({
      role: "assistant",
      content: null,
      tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } }],
    }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: '{"x"' } }] }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: ":1}" } }] }),
    chunk({ tool_calls: [{ index: 1, id: "b", type: "function", function: { name: "g", arguments: "" } }] }),
    chunk({}, "tool_calls"),
    "[DONE]",
  ]);
  assert.deepEqual(answer.choices[0]?.message.toolCalls, [
    { name: "f", type: "function", id: "a", arguments: { x: 1 } },
    { name: "g", type: "function", id: "b", arguments: {} },
  ]);
  assert.equal(answer.choices[0]?.finishReason, "tool_calls");
  assert.deepEqual(results, ["token", "token", "token", "token", "meta", "end"]);
});

Deno.test("a stream's tool calls stand in the order of their index, whichever came first", () => {
  const chunk = (index: number) => {
    const call = { index, id: `c${index}`, function: { name: `t${index}`, arguments: "{}" } };
    return JSON.stringify({ choices: [{ index: 0, delta: { tool_calls: [call] } }] });
  };
  const { answer } = readStream([2, 0, 1].map(chunk));
  assert.deepEqual(answer.choices[0]?.message.toolCalls?.map((one) => one.name), ["t0", "t1", "t2"]);
});

Deno.test("calls that all come with index 0 stay apart when each has its own id and name", () => {
  const chunk = (id: string) =>
    JSON.stringify({
      choices: [{ index: 0, delta: { tool_calls: [{ index: 0, id, function: { name: `n${id}`, arguments: "{}" } }] } }],
    });
  const { answer } = readStream([chunk("1"), chunk("2")]);
  assert.deepEqual(answer.choices[0]?.message.toolCalls?.map((call) => [call.id, call.name]), [["1", "n1"], [
    "2",
    "n2",
  ]]);
});

Deno.test("a cut stream has no finish reason and says that its arguments are incomplete", () => {
  const reader = new ChatReader(toContext());
  reader.message({
    text: JSON.stringify({
      choices: [{
        index: 0,
        delta: { tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: '{"x":' } }] },
      }],
    }),
  });
  const choice = reader.finish(false).choices[0];
  assert.equal(choice?.finishReason, undefined);
  assert.deepEqual(choice?.message.toolCalls, [{
    name: "f",
    type: "function",
    id: "a",
    argumentsIncomplete: true,
    argumentsLength: 5,
  }]);
  assert.equal(reader.hasEnded, false);
});

Deno.test("usage is taken from the chunk without choices, from x_groq, and from chunks that also carry output", () => {
  const usage = { prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 };
  for (
    const event of [{ choices: [], usage }, { choices: [{ index: 0, delta: { content: "x" } }], usage }, {
      choices: [],
      x_groq: { usage },
    }]
  ) {
    assert.deepEqual(readStream([JSON.stringify(event)]).answer.usage, {
      inputTokens: 2,
      outputTokens: 3,
      totalTokens: 5,
    });
  }
});

Deno.test("an error in the middle of a stream and an error body are the answer's error", () => {
  const late = readStream([
    JSON.stringify({ choices: [{ index: 0, delta: { content: "x" } }] }),
    JSON.stringify({ error: { message: "m", type: "t", code: 429 } }),
  ]);
  assert.deepEqual(late.answer.error, { message: "m", type: "t", code: "429" });
  const reader = new ChatReader(toContext(401));
  reader.message({ text: '{"detail":"no key"}' });
  assert.deepEqual(reader.finish(true), { choices: [], error: { message: "no key" } });
});

Deno.test("no text makes the reader throw", () => {
  const random = new Random(99);
  const parts = [
    "{",
    "}",
    "[",
    "]",
    '"choices"',
    ":",
    '"delta"',
    "null",
    '"content"',
    '"x"',
    "1",
    ",",
    "\\",
    "\u0000",
    '"tool_calls"',
    '"function"',
  ];
  for (let i = 0; i < 2_000; i++) {
    const reader = new ChatReader(toContext());
    for (let k = 0; k < 4; k++) {
      reader.message({ text: Array.from({ length: random.below(14) }, () => random.pick(parts)).join("") });
    }
    reader.finish(random.below(2) === 0);
  }
});

Deno.test("openai_chat reads a cost in dollars that stands beside the usage, and none that was paid in credits", () => {
  const read = (cost: unknown) =>
    readAnswer(openaiChat, [{ json: { choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 }, cost } }])
      .answer.usage?.statedCostUsd;
  assert.equal(read({ usd: 0.0002, diem: 0 }), 0.0002);
  assert.equal(read({ usd: 0, diem: 0.3 }), undefined);
  assert.equal(read({ usd: 0, diem: 0 }), 0);
  assert.equal(read(0.4), undefined);
});

Deno.test("openai_chat counts pieces of thoughts that are parts of the content as output", () => {
  const toText = (content: unknown) =>
    JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
  const think = (text: string) => toText([{ type: "thinking", thinking: [{ type: "text", text }] }]);
  const events = [think("Owls"), think(" sleep"), think(""), toText("By day")];
  const { results, answer } = readStream(events);
  assert.deepEqual(results, ["token", "token", "meta", "token"]);
  assert.equal(answer.choices[0]?.message.reasoning, "Owls sleep");
  assert.deepEqual(readStream(events, true).results[0], { reasoning: "Owls" });
});

Deno.test("openai_chat reads Databricks' part of reasoning as thoughts, whole and in pieces, and counts no file", () => {
  const think = (text: string) => ({ type: "reasoning", summary: [{ type: "summary_text", text, signature: "" }] });
  const whole = {
    choices: [{ message: { role: "assistant", content: [think("Owls sleep"), { type: "text", text: "Noon" }] } }],
  };
  const pieces = [[think("Owls")], [think(" sleep")], [{ type: "text", text: "Noon" }]];
  const stream = readStream(pieces.map((content) => JSON.stringify({ choices: [{ index: 0, delta: { content } }] })));
  assert.deepEqual(stream.results, ["token", "token", "token"]);
  for (const { choices } of [readAnswer(openaiChat, [{ json: whole }]).answer, stream.answer]) {
    assert.deepEqual(choices[0]?.message, { role: "assistant", content: "Noon", reasoning: "Owls sleep" });
  }
});
