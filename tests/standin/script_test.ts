import { deepStrictEqual, strictEqual } from "node:assert";
import type { StandinRequest } from "./answer.ts";
import { respond } from "./respond.ts";
import { Script } from "./script.ts";

const LINES = [
  { when: "weather", times: 1, wishes: { status: 429, retryAfterS: 2, errorText: "too many", id: "a" } },
  { when: "weather", wishes: { text: "rain", inputTokens: 5, outputTokens: 1, model: "gpt-x-2026-01-01", id: "b" } },
];

function ask(...contents: string[]): StandinRequest {
  const messages = contents.map((content) => ({ role: "user", content }));
  const body = new TextEncoder().encode(JSON.stringify({ model: "gpt-x", messages }));
  return { method: "POST", path: "/v1/chat/completions", headers: {}, body };
}

async function say(script: Script, request: StandinRequest) {
  const { status, headers, pieces: [piece] } = await respond(request, script);
  return { status, headers, body: JSON.parse(new TextDecoder().decode(piece?.bytes)) };
}

Deno.test("a line is said as often as it may be, then the next one that fits", async () => {
  const script = new Script(LINES);
  const first = await say(script, ask("the weather?"));
  deepStrictEqual([first.status, first.headers["retry-after"], first.body.error.message], [429, "2", "too many"]);
  const second = await say(script, ask("the weather?"));
  strictEqual(second.body.choices[0].message.content, "rain");
  deepStrictEqual([second.body.id, second.body.model], ["chatcmpl-b", "gpt-x-2026-01-01"]);
  deepStrictEqual([second.body.usage.prompt_tokens, second.body.usage.completion_tokens], [5, 1]);
  strictEqual(second.headers["x-request-id"], "req_b");
});

Deno.test("only the last message counts, and what fits no line gets the stand-in's own words", async () => {
  const { body } = await say(new Script(LINES), ask("the weather?", "call-9 and the time?"));
  strictEqual(body.choices[0].message.content.startsWith("Answer to call-9"), true);
});
