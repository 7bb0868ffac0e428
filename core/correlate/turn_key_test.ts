import assert from "node:assert/strict";
import { draftOf } from "../../tests/support/drafts.ts";
import { toTurnKey } from "./turn_key.ts";

const keyOf = (systemPrompt: string | undefined, content: string) =>
  toTurnKey(draftOf("ai.request", {
    ordinal: 0,
    timeNs: 0,
    request: { messages: [{ role: "user", content }], ...(systemPrompt !== undefined && { systemPrompt }) },
  }));

Deno.test("a conversation is the same whatever the time of day in its system prompt is", () => {
  const prompt = (time: string) => `You plan.\nToday is ${time}.\nBe brief.`;
  assert.equal(keyOf(prompt("9 May 2026"), "go"), keyOf(prompt("10 May 2026, 9:59"), "go"));
});

Deno.test("conversations with other instructions or another first message are others, and so is one without instructions", () => {
  const keys = [keyOf("You plan.", "go"), keyOf("You code.", "go"), keyOf("You plan.", "no"), keyOf(undefined, "go")];
  assert.equal(new Set(keys).size, keys.length);
});

Deno.test("what a client tells every conversation first is no beginning of one", () => {
  const keyOfTask = (task: string) => {
    const messages = ["setup", "Got it. Thanks for the context!", task].map((content, index) => ({
      role: index === 1 ? "assistant" : "user",
      content,
    }));
    return toTurnKey(draftOf("ai.request", { ordinal: 0, timeNs: 0, request: { messages } }));
  };
  assert.notEqual(keyOfTask("one"), keyOfTask("two"));
  assert.equal(keyOfTask("one"), keyOfTask("one"));
});
