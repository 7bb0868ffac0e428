import assert from "node:assert/strict";
import { audioSocket } from "./audio_socket.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";

const heard = (transcript: string, is_final = true) => ({
  type: "Results",
  is_final,
  channel: { alternatives: [{ transcript }] },
  metadata: { request_id: "r" },
});

Deno.test("audio_socket takes the model from the address and hands on only what is final and no sound", () => {
  const turns = audioSocket.createTurns({
    ...toRequestView({ path: "/v1/listen" }),
    query: "model=nova-3&encoding=opus",
  });
  assert.deepEqual(turns.open?.(), { request: { model: "nova-3" } });
  assert.equal(turns.server(heard("he", false), "{}", true), undefined);
  assert.equal(turns.server({ audio: "AAAA" }, "{}", true), undefined);
  assert.deepEqual(turns.server(heard("hello"), "x", true), { answer: "x" });
  assert.equal(turns.client({ text: "speak this" }), undefined);
});

Deno.test("audio_socket joins what was transcribed, and tells errors", () => {
  const { answer } = readAnswer(
    audioSocket.dialect,
    [heard("hello"), heard(""), heard("there")].map((json) => ({ json })),
  );
  assert.deepEqual([answer.choices[0]?.message.content, answer.requestId], ["hello there", "r"]);
  const error = readAnswer(audioSocket.dialect, [{ json: { type: "Error", description: "bad audio" } }]).answer;
  assert.deepEqual(error, { choices: [], error: { message: "bad audio" } });
});
