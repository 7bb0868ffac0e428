import assert from "node:assert/strict";
import type { ModelRequest } from "../../model/model_call.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { geminiLive } from "./gemini_live.ts";
import type { TurnStep } from "./socket_dialect.ts";

const HEAD = toRequestView({ path: "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent" });
const SETUP = {
  setup: {
    model: "models/gemini-live",
    systemInstruction: { parts: [{ text: "be brief" }] },
    tools: [{ functionDeclarations: [{ name: "look" }] }],
    generationConfig: { temperature: 0.5 },
  },
};
const audio = (data = "AAAA") => ({
  serverContent: { modelTurn: { parts: [{ inlineData: { mimeType: "audio/pcm;rate=24000", data } }] } },
});
const spoken = (text: string) => ({ serverContent: { outputTranscription: { text } } });
const asked = (text: string) => ({
  client_content: { turns: [{ role: "user", parts: [{ text }] }], turnComplete: true },
});
const OVER = {
  serverContent: { turnComplete: true },
  usageMetadata: { promptTokenCount: 10, responseTokenCount: 4, totalTokenCount: 14, thoughtsTokenCount: 2 },
};

interface SeenTurn {
  request: ModelRequest | undefined;
  step: TurnStep;
  answers: string[];
  isOver: boolean;
}

/** Plays a session and gives its turns. */
function play(messages: readonly (readonly ["c" | "s", unknown])[]): SeenTurn[] {
  const turns = geminiLive.createTurns(HEAD);
  const seen: SeenTurn[] = [];
  messages.forEach(([side, json], index) => {
    const record = json as Record<string, unknown>;
    const open = seen.at(-1)?.isOver === false;
    const step = side === "c" ? turns.client(record, index) : turns.server(record, JSON.stringify(record), open);
    if (step?.request !== undefined) {
      const request = geminiLive.dialect.decodeRequest({ ...HEAD, json: step.request });
      seen.push({ request, step, answers: [], isOver: false });
    }
    const turn = seen.at(-1);
    if (turn === undefined) return;
    if (step?.answer !== undefined) turn.answers.push(step.answer);
    if (step?.isEnd) turn.isOver = true;
  });
  return seen;
}

function answerOf(turn: SeenTurn | undefined) {
  return readAnswer(geminiLive.dialect, (turn?.answers ?? []).map((text) => ({ text })), {
    isComplete: turn?.isOver === true,
  })
    .answer;
}

Deno.test("gemini_live takes model, instructions and tools from the set-up and the question from the contents", () => {
  const [turn] = play([["c", SETUP], ["s", { setupComplete: {} }], ["c", asked("hi")]]);
  assert.equal(turn?.request?.model, "gemini-live");
  assert.equal(turn?.request?.requestType, "realtime");
  assert.equal(turn?.request?.systemPrompt, "be brief");
  assert.deepEqual(turn?.request?.tools.map(({ name }) => name), ["look"]);
  assert.equal(turn?.request?.parameters["temperature"], 0.5);
  assert.deepEqual(turn?.request?.messages, [{ role: "user", content: "hi" }]);
  assert.equal(turn?.request?.isDelta, true);
  assert.equal(turn?.step.isUnasked, undefined);
});

Deno.test("gemini_live reads speech by its transcript, counts its sound and keeps none of it", () => {
  const thought = { serverContent: { modelTurn: { parts: [{ text: "hm", thought: true }] } } };
  const [turn] = play([
    ["c", SETUP],
    ["c", asked("hi")],
    ["s", thought],
    ["s", spoken("Hel")],
    ["s", audio("SECRETSOUND")],
    ["s", spoken("lo")],
    ["s", { serverContent: { generationComplete: true } }],
    ["s", OVER],
  ]);
  const answer = answerOf(turn);
  assert.ok(!turn?.answers.join("").includes("SECRETSOUND"));
  assert.deepEqual(answer.choices, [{
    index: 0,
    message: { role: "model", content: "Hello", reasoning: "hm", audioCount: 1 },
    finishReason: "stop",
    rawFinishReason: "generationComplete",
  }]);
  // The total leaves the thoughts out, so they are not part of the output.
  assert.deepEqual(answer.usage, { inputTokens: 10, outputTokens: 4, totalTokens: 14 });
});

Deno.test("gemini_live adds thoughts to the output where the total includes them", () => {
  const usageMetadata = { promptTokenCount: 10, responseTokenCount: 4, totalTokenCount: 16, thoughtsTokenCount: 2 };
  const [turn] = play([["c", asked("hi")], ["s", { ...OVER, usageMetadata }]]);
  assert.deepEqual(answerOf(turn).usage, { inputTokens: 10, outputTokens: 6, totalTokens: 16, reasoningTokens: 2 });
});

Deno.test("gemini_live ends an answer with its tool call and begins the next with the result", () => {
  const call = { toolCall: { functionCalls: [{ id: "c1", name: "look", args: { at: 5 } }] } };
  const result = { tool_response: { functionResponses: [{ id: "c1", name: "look", response: { output: "sea" } }] } };
  const turns = play([["c", SETUP], ["c", asked("look")], ["s", call], ["c", result], ["s", spoken("sea")], [
    "s",
    OVER,
  ]]);
  assert.equal(turns.length, 2);
  const first = answerOf(turns[0]);
  assert.equal(first.choices[0]?.finishReason, "tool_calls");
  assert.deepEqual(first.choices[0]?.message.toolCalls, [
    { id: "c1", name: "look", type: "function", arguments: { at: 5 } },
  ]);
  assert.equal(first.usage, undefined);
  assert.equal(turns[1]?.request?.messages[0]?.toolResults?.[0]?.callId, "c1");
  assert.equal(answerOf(turns[1]).usage?.totalTokens, 14);
  assert.equal(answerOf(turns[1]).choices[0]?.message.content, "sea");
});

Deno.test("gemini_live lets the end of the calling turn pass when it comes after the result", () => {
  const call = { toolCall: { functionCalls: [{ name: "look" }] } };
  const result = { toolResponse: { functionResponses: [{ name: "look", response: {} }] } };
  const turns = play([["c", asked("x")], ["s", call], ["c", result], ["s", OVER], ["s", spoken("sea")], ["s", OVER]]);
  assert.equal(turns.length, 2);
  assert.equal(turns[1]?.isOver, true);
  assert.equal(answerOf(turns[1]).choices[0]?.message.content, "sea");
});

Deno.test("gemini_live keeps what the client asks during an answer for the next one, with its time", () => {
  const result = { toolResponse: { functionResponses: [{ id: "c1", name: "look", response: {} }] } };
  const turns = play([
    ["c", asked("x")],
    ["s", { toolCall: { functionCalls: [{ id: "c1", name: "look" }] } }],
    ["s", spoken("wait")],
    ["c", result],
    ["s", { serverContent: { interrupted: true } }],
    ["s", OVER],
    ["s", spoken("found")],
    ["s", OVER],
  ]);
  assert.deepEqual(turns.map(({ step }) => step.isUnasked), [undefined, true, undefined]);
  assert.equal(turns[1]?.request?.messages.length, 0);
  assert.equal(answerOf(turns[1]).choices[0]?.rawFinishReason, "interrupted");
  assert.equal(turns[2]?.step.requestNs, 3);
  assert.equal(turns[2]?.request?.messages[0]?.toolResults?.length, 1);
});

Deno.test("gemini_live counts what was heard and takes its transcript as the question", () => {
  const chunk = { realtime_input: { audio: { data: "AAAA", mime_type: "audio/pcm;rate=16000" } } };
  const heard = (text: string) => ({ serverContent: { inputTranscription: { text } } });
  const [turn] = play([
    ["c", SETUP],
    ["c", chunk],
    ["c", chunk],
    ["s", heard(" Hello")],
    ["s", heard(" there.")],
    ["s", spoken("Hi")],
    ["s", OVER],
  ]);
  assert.deepEqual(turn?.request?.messages, [{ role: "user", content: "Hello there.", audioCount: 2 }]);
  assert.equal(turn?.step.isUnasked, true);
});

Deno.test("gemini_live dates a request by the end of the client's own input", () => {
  const [turn] = play([["c", SETUP], ["c", { realtimeInput: { text: "hi" } }], ["s", spoken("Hi")]]);
  assert.equal(turn?.step.requestNs, 1);
  assert.equal(turn?.step.isUnasked, undefined);
});

Deno.test("gemini_live says of an answer that was cut only what came", () => {
  const [turn] = play([["c", asked("x")], ["s", spoken("Hel")]]);
  assert.equal(turn?.isOver, false);
  assert.deepEqual(answerOf(turn).choices, [{ index: 0, message: { role: "model", content: "Hel" } }]);
});

Deno.test("gemini_live is found by its paths on both services, and by no other", () => {
  for (
    const path of [
      HEAD.path,
      "/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained",
      "/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent",
    ]
  ) assert.ok(geminiLive.matchHead({ ...HEAD, path }), path);
  assert.ok(!geminiLive.matchHead({ ...HEAD, path: "/v1beta/models/m:generateContent" }));
});

Deno.test("gemini_live survives messages of the wrong shape", () => {
  const odd: unknown[] = [
    {},
    { setup: 5 },
    { setup: {} },
    { clientContent: { turns: "x", turnComplete: true } },
    { serverContent: null },
    { serverContent: { modelTurn: { parts: [null, 7] } } },
    { toolCall: { functionCalls: [null] } },
    { toolResponse: { functionResponses: null } },
    { realtimeInput: { mediaChunks: [1], audio: "x" } },
    { usageMetadata: "none" },
  ];
  const turns = play(odd.flatMap((json) => [["c", json], ["s", json]] as const));
  for (const turn of turns) assert.ok(JSON.stringify(answerOf(turn)));
});
