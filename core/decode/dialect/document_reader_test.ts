import assert from "node:assert/strict";
import { bedrockText } from "./bedrock_text.ts";
import { toRequestView } from "./dialect_testing.ts";
import { openaiCompletions } from "./openai_completions.ts";

/** What a reader says of each message when the pieces are wanted. */
function readPieces(dialect: typeof bedrockText, messages: readonly unknown[]) {
  const reader = dialect.createReader({
    request: undefined,
    head: toRequestView({ path: "/" }),
    response: { status: 200, headers: new Map(), contentType: "text/event-stream" },
    quirks: [],
    wantsDelta: true,
  });
  return messages.map((json) => reader.message({ text: JSON.stringify(json) }));
}

Deno.test("a format whose documents give all of the text so far tells each piece when pieces are wanted", () => {
  const pieces = readPieces(bedrockText, [{ generation: "He" }, { generation: "y" }, { generation: "" }]);
  assert.deepEqual(pieces, [{ content: "He" }, { content: "y" }, "token"]);
});

Deno.test("pieces of a streamed completion are told when they are wanted", () => {
  const pieces = readPieces(openaiCompletions, [
    { choices: [{ index: 0, text: "a" }] },
    { choices: [{ index: 0, text: "", finish_reason: "stop" }] },
  ]);
  assert.deepEqual(pieces, [{ content: "a" }, "meta"]);
});
