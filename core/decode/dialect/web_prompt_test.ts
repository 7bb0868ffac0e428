import assert from "node:assert/strict";
import { toWebRequest } from "./web_prompt.ts";

Deno.test("web_prompt gives one user message that is only what is new, and no key for a new conversation", () => {
  const first = toWebRequest({ prompt: "hello", conversation: undefined });
  assert.deepEqual(first.messages, [{ role: "user", content: "hello" }]);
  assert.equal(first.isDelta, true);
  assert.equal("sessionKeys" in first, false);
  assert.equal("model" in first, false);
  const next = toWebRequest({ prompt: "more", conversation: "c1", model: "m" });
  assert.deepEqual([next.sessionKeys, next.model], [{ conversation: "c1" }, "m"]);
});
