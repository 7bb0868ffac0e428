import assert from "node:assert/strict";
import type { DraftEvent } from "../model/draft.ts";
import type { ModelRequest } from "../model/model_call.ts";
import { agents } from "./agents.ts";
import { context, draftOf } from "../../tests/support/drafts.ts";

const TOOLS = [{ type: "function", name: "bash" }];

/** What the story finds a request of a known agent to be for. */
function purposeOf(
  request: Partial<ModelRequest>,
  headers: Record<string, string> = {},
  category = "agent-cli",
): string | undefined {
  const draft: DraftEvent = draftOf("ai.request", { ordinal: 0, timeNs: 0, headers, request });
  draft.event.app = { tier: "identified", id: "x", name: "X", category };
  agents.create().push(draft, context);
  const { purpose, purpose_rule: rule } = draft.event.attrs ?? {};
  assert.equal(draft.purpose, purpose);
  return purpose === undefined ? undefined : `${purpose} by ${rule}`;
}

const user = (content: string) => ({ messages: [{ role: "user", content }] });

Deno.test("agents take the client's own word for what a call is for", () => {
  const byClass = (value: string) =>
    purposeOf({ ...user("go"), tools: TOOLS }, { "x-claude-code-request-class": value });
  const rule = "by header:x-claude-code-request-class";
  assert.deepEqual([byClass("compaction"), byClass("auxiliary")], [`summary ${rule}`, `auxiliary ${rule}`]);
  assert.deepEqual([byClass("main"), byClass("subagent"), byClass("new")], [undefined, undefined, undefined]);
  const codex = (headers: Record<string, string>) => purposeOf({ ...user("go"), tools: TOOLS }, headers);
  assert.equal(codex({ "x-openai-subagent": "compact" }), "summary by header:x-openai-subagent");
  assert.equal(codex({ "x-openai-memgen-request": "true" }), "memory by header:x-openai-memgen-request");
  const turn = (request_kind: string) => ({ "x-codex-turn-metadata": JSON.stringify({ request_kind, turn_id: "t" }) });
  assert.equal(codex(turn("prewarm")), "prewarm by header:x-codex-turn-metadata");
  assert.equal(codex(turn("turn")), undefined);
  assert.equal(codex({ "x-codex-turn-metadata": "{broken" }), undefined);
});

Deno.test("agents tell titles, summaries, routing, quota probes and token counts by what the request is", () => {
  const prompt = (systemPrompt: string) => ({ ...user("fix the tests"), systemPrompt });
  assert.equal(
    purposeOf(prompt("You are a title generator. You output only a thread title.")),
    "title by instructions",
  );
  assert.equal(purposeOf(prompt("Generate a concise, sentence-case title for this session.")), "title by instructions");
  assert.equal(purposeOf(prompt("You are a specialized Task Routing AI.")), "routing by instructions");
  assert.equal(
    purposeOf(prompt("You are the component that summarizes internal chat history.")),
    "summary by instructions",
  );
  const compaction = user("Your task is to create a detailed summary of the conversation so far.");
  assert.equal(purposeOf({ ...compaction, tools: TOOLS }), "summary by instructions");
  assert.equal(purposeOf({ ...user("quota"), parameters: { max_tokens: 1 } }), "quota_probe by one_token_answer");
  assert.equal(purposeOf({ ...user("go"), requestType: "count_tokens" }, {}, "sdk"), "count_tokens by request_type");
});

Deno.test("agents take no task for something else: with tools, of other programs, or where the words stand elsewhere", () => {
  const titles = { ...user("fix"), systemPrompt: "You act. You can generate a title when asked." };
  assert.equal(purposeOf({ ...titles, tools: TOOLS }), undefined);
  assert.equal(purposeOf(titles, {}, "sdk"), undefined);
  assert.equal(purposeOf(titles, { "x-claude-code-request-class": "main" }), undefined);
  assert.equal(purposeOf(user("Generate a title for my book")), undefined);
  assert.equal(purposeOf({ ...user("say one word"), parameters: { max_tokens: 1 }, tools: TOOLS }), undefined);
  assert.equal(purposeOf({ ...user("Then create a detailed summary of the conversation"), tools: TOOLS }), undefined);
});
