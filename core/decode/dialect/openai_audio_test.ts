import assert from "node:assert/strict";
import { readAnswer } from "./dialect_testing.ts";
import { openaiAudio } from "./openai_audio.ts";

Deno.test("openai_audio reads a transcript and gives no tokens for usage by duration", () => {
  const { answer } = readAnswer(openaiAudio, [{ json: { text: "hello", usage: { type: "duration", seconds: 3 } } }]);
  assert.equal(answer.choices[0]?.message.content, "hello");
  assert.equal(answer.usage, undefined);
  const stream = readAnswer(openaiAudio, [
    { json: { type: "transcript.text.delta", delta: "hel" } },
    {
      json: {
        type: "transcript.text.done",
        text: "hello",
        usage: { type: "tokens", input_tokens: 9, output_tokens: 2 },
      },
    },
  ]).answer;
  assert.equal(stream.choices[0]?.message.content, "hello");
  assert.equal(stream.usage?.inputTokens, 9);
});

Deno.test("the model of a transcript may stand in the answer's head only", () => {
  const { answer } = readAnswer(openaiAudio, [{ json: { text: "Two owls." } }], {
    headers: { "openai-model": "whisper-1" },
  });
  assert.equal(answer.model, "whisper-1");
});

Deno.test("a transcript may be the whole body, and an error as text is none", () => {
  const read = (status: number) =>
    readAnswer(openaiAudio, [{ text: "1\n00:00:00 --> 00:00:02\nTwo owls." }], {
      status,
      headers: { "content-type": "text/plain; charset=utf-8" },
    }).answer.choices[0]?.message.content;
  assert.deepEqual([read(200), read(500)], ["1\n00:00:00 --> 00:00:02\nTwo owls.", undefined]);
});
