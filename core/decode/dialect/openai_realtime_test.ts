import assert from "node:assert/strict";
import { Random } from "../../../tests/support/random.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { openaiRealtime } from "./openai_realtime.ts";

const HEAD = { ...toRequestView({ path: "/v1/realtime", method: "GET" }), query: "model=gpt-realtime&x=1" };

Deno.test("openai_realtime collects items between two responses and starts each with an empty list", () => {
  const turns = openaiRealtime.createTurns(HEAD);
  const item = { type: "message", role: "user", content: "a" };
  turns.client({ type: "conversation.item.create", item });
  const first = turns.client({ type: "response.create" })?.request;
  turns.server({ type: "response.done" }, "{}", true);
  const second = turns.client({ type: "response.create", response: { instructions: "now" } })?.request;
  assert.deepEqual(first, { model: "gpt-realtime", input: [item], stream: true });
  assert.deepEqual(second, { model: "gpt-realtime", input: [], instructions: "now", stream: true, has_history: true });
});

Deno.test("openai_realtime gives sound no place in the answer and ends with response.done only", () => {
  const turns = openaiRealtime.createTurns(HEAD);
  assert.equal(turns.server({ type: "response.output_audio.delta", delta: "AAAA" }, "{}", true), undefined);
  assert.equal(turns.server({ type: "response.created" }, "{}", true)?.isEnd, false);
  assert.equal(turns.server({ type: "response.done", response: null }, "{}", true)?.isEnd, true);
});

/** Messages of a server, in turn; gives the steps that mean something. */
function serve(turns: ReturnType<typeof openaiRealtime.createTurns>, ...messages: readonly Record<string, unknown>[]) {
  return messages.map((json, at) => turns.server(json, JSON.stringify(json), false, at)).filter((step) =>
    step !== undefined
  );
}

/** The answer of a step, as Responses say it. */
function answerOf(step: { readonly answer?: string } | undefined) {
  return JSON.parse(step?.answer ?? "{}").response;
}

const DONE = { type: "response.done", response: { id: "r", status: "completed", output: [] } };

Deno.test("openai_realtime states what the client asked for, not the server's defaults", () => {
  const turns = openaiRealtime.createTurns({ ...HEAD, query: "model=asked" });
  const tool = { name: "find", description: "d" };
  serve(turns, {
    type: "session.created",
    session: {
      id: "sess_1",
      model: "served",
      instructions: "default",
      temperature: -1,
      max_response_output_tokens: "inf",
      tool_choice: "auto",
      tools: [{ type: "function", function: tool }],
    },
  });
  const request = turns.client({ type: "response.create", response: { max_output_tokens: "inf" } })?.request;
  assert.deepEqual(request, {
    model: "asked",
    instructions: "default",
    tools: [{ type: "function", ...tool }],
    session_id: "sess_1",
    input: [],
    stream: true,
  });
  assert.equal(answerOf(serve(turns, DONE)[0]).model, "served");
  const next = turns.client({ type: "response.create", response: { max_output_tokens: 7 } })?.request;
  assert.deepEqual([next?.["max_output_tokens"], next?.["has_history"]], [7, true]);
});

Deno.test("openai_realtime takes counts from beside the response, and why it is incomplete from its details", () => {
  const turns = openaiRealtime.createTurns(HEAD);
  const details = { type: "incomplete", reason: "max_output_tokens" };
  const usage = { input_tokens: 7, output_tokens: 8, output_token_details: { audio_tokens: 5 } };
  turns.client({ type: "response.create" });
  const response = { status: "incomplete", status_details: details, usage: {} };
  const answer = answerOf(serve(turns, { type: "response.done", response, usage })[0]);
  assert.equal(answer.usage.output_tokens, 8);
  assert.equal(answer.usage.output_tokens_details.audio_tokens, 5);
  assert.deepEqual(answer.incomplete_details, { reason: "max_output_tokens" });
  for (const status of ["incomplete", "cancelled", "failed", "completed"]) {
    const done = serve(turns, { type: "response.done", response: { status } })[0];
    assert.equal(JSON.parse(done?.answer ?? "{}").type, `response.${status}`);
  }
});

Deno.test("openai_realtime tells how much of the cached input was sound", () => {
  const turns = openaiRealtime.createTurns(HEAD);
  turns.client({ type: "response.create" });
  const input_token_details = { cached_tokens: 9, audio_tokens: 20, cached_tokens_details: { audio_tokens: 6 } };
  const usage = { input_tokens: 30, input_token_details, output_tokens: 1 };
  const step = serve(turns, { type: "response.done", response: { status: "completed", output: [], usage } })[0];
  const { answer } = readAnswer(openaiRealtime.dialect, [{ text: step?.answer ?? "" }]);
  assert.deepEqual([answer.usage?.cachedTokens, answer.usage?.cachedAudioTokens], [9, 6]);
});

Deno.test("openai_realtime waits for the words that a response answers", () => {
  const turns = openaiRealtime.createTurns(HEAD);
  turns.client({ type: "session.update", session: { audio: { input: { transcription: { model: "t" } } } } });
  const committed = { type: "input_audio_buffer.committed", item_id: "i" };
  const created = { type: "response.created", response: { id: "r" } };
  const words = {
    type: "conversation.item.input_audio_transcription.completed",
    item_id: "i",
    transcript: " Hello \n",
  };
  const steps = serve(
    turns,
    committed,
    created,
    { type: "response.output_audio_transcript.delta", delta: "Hi" },
    words,
    DONE,
  );
  assert.equal(steps.length, 2);
  assert.deepEqual(steps[0]?.request?.["input"], [
    {
      type: "message",
      role: "user",
      content: [{ type: "input_audio" }, { type: "input_text", text: "Hello" }],
      id: "i",
    },
  ]);
  assert.deepEqual([steps[0]?.isUnasked, steps[0]?.requestNs], [true, 1]);
  assert.deepEqual(steps[0]?.earlier?.map(({ timeNs }) => timeNs), [1, 2]);
  assert.equal(steps[1]?.isEnd, true);
  const late = serve(turns, { ...committed, item_id: "j" }, created, DONE, { ...words, item_id: "j" });
  assert.deepEqual(late.map((step) => [step.isEnd, step.earlier?.length]), [[true, 2]]);
  assert.deepEqual(turns.client({ type: "response.create" })?.request?.["input"], []);
});

Deno.test("openai_realtime tells what was held back when the socket ends", () => {
  const turns = openaiRealtime.createTurns(HEAD);
  turns.client({ type: "session.update", session: { input_audio_transcription: { model: "t" } } });
  turns.client({ type: "input_audio_buffer.commit" });
  assert.equal(turns.client({ type: "response.create" }, 5), undefined);
  serve(turns, { type: "response.created", response: {} });
  const step = turns.close?.(true);
  assert.deepEqual([step?.requestNs, step?.earlier?.length], [5, 1]);
  assert.equal(turns.close?.(true), undefined);
});

Deno.test("openai_realtime tells an error of the response that it refuses, and of no other", () => {
  const turns = openaiRealtime.createTurns(HEAD);
  const error = { type: "error", error: { code: "bad", message: "m" } };
  assert.deepEqual(serve(turns, error), []);
  turns.client({ type: "response.create" });
  assert.equal(serve(turns, error)[0]?.isEnd, true);
  turns.client({ type: "response.create" });
  turns.server({ type: "response.created" }, "{}", true);
  const item = { type: "message", role: "user", content: "next" };
  turns.client({ type: "conversation.item.create", item });
  assert.equal(turns.client({ type: "response.create" }, 3), undefined);
  assert.deepEqual(serve(turns, error), []);
  assert.equal(turns.server(DONE, "{}", true)?.isEnd, true);
  const next = turns.server({ type: "response.created" }, "{}", false, 9);
  assert.deepEqual([next?.requestNs, next?.isUnasked, next?.request?.["input"]], [3, undefined, [item]]);
});

Deno.test("openai_realtime leaves the conversation as it is when a response has an input of its own", () => {
  const turns = openaiRealtime.createTurns(HEAD);
  const item = { type: "message", role: "user", content: [{ type: "input_audio", audio: "AAAA", transcript: "t" }] };
  turns.client({ type: "conversation.item.create", item });
  const own = { conversation: "none", input: [{ role: "user", content: "aside" }] };
  assert.deepEqual(turns.client({ type: "response.create", response: own })?.request?.["input"], own.input);
  turns.server(DONE, "{}", true);
  assert.deepEqual(turns.client({ type: "response.create" })?.request?.["input"], [
    { type: "message", role: "user", content: [{ type: "input_text", text: "t" }] },
  ]);
});

Deno.test("openai_realtime never throws, whatever comes in whatever order", () => {
  const random = new Random(11);
  const values = [null, 1, "x", [], {}, [null, {}], { content: [null, 1, { audio: 1 }] }, { id: "i" }, {
    model: "m",
  }];
  const types = [
    "session.update",
    "session.created",
    "conversation.item.create",
    "response.create",
    "response.created",
    "response.done",
    "error",
    "input_audio_buffer.commit",
    "input_audio_buffer.committed",
    "conversation.item.input_audio_transcription.completed",
    "response.output_text.delta",
  ];
  for (let round = 0; round < 2_000; round++) {
    const turns = openaiRealtime.createTurns(HEAD);
    turns.client({ type: "session.update", session: { input_audio_transcription: {} } });
    for (let at = 0; at < 12; at++) {
      const json = {
        type: random.pick(types),
        session: random.pick(values),
        item: random.pick(values),
        response: random.pick(values),
        item_id: random.pick(values),
        transcript: random.pick(values),
        error: random.pick(values),
      };
      if (random.once(2)) turns.client(json, at);
      else turns.server(json, "{}", random.once(2), at);
    }
    turns.close?.(true);
  }
});

Deno.test("openai_realtime takes the words of what was said once, and those that are still guessed never", () => {
  const turns = openaiRealtime.createTurns(HEAD);
  const heard = (item_id: string, transcript: string, status?: string) => ({
    type: "conversation.item.input_audio_transcription.completed",
    item_id,
    transcript,
    ...(status && { status }),
  });
  turns.client({ type: "session.update", session: { audio: { input: { transcription: { model: "m" } } } } });
  const say = (item_id: string) => [
    { type: "input_audio_buffer.committed", item_id },
    heard(item_id, "Hel", "in_progress"),
    heard(item_id, "Hello", "completed"),
    { type: "response.created" },
    heard(item_id, "Hello"),
    heard(item_id, "Hel", "in_progress"),
    DONE,
  ];
  const inputs = ["a", "b"].map((id) => serve(turns, ...say(id)).find(({ request }) => request)?.request?.["input"]);
  const content = [{ type: "input_audio" }, { type: "input_text", text: "Hello" }];
  assert.deepEqual(inputs, [
    [{ type: "message", role: "user", content, id: "a" }],
    [{ type: "message", role: "user", content, id: "b" }],
  ]);
});
