import assert from "node:assert/strict";
import type { DraftEvent } from "../model/draft.ts";
import type { ModelRequest } from "../model/model_call.ts";
import { context, draftOf } from "../../tests/support/drafts.ts";
import { INFERRED_RULE, sessionName } from "./session_name.ts";

const TOOLS = [{ type: "function", name: "f" }];

function ask(ordinal: number, request: Partial<ModelRequest>, headers: Record<string, string> = {}): DraftEvent {
  return draftOf("ai.request", { ordinal, timeNs: ordinal * 1e9, headers, request });
}

/** Names of the sessions of requests, in order. */
function nameAll(drafts: readonly DraftEvent[]): (string | undefined)[] {
  const story = sessionName.create();
  return drafts.map((draft) => {
    assert.deepEqual(story.push(draft, context), []);
    return draft.session?.sessionId;
  });
}

const says = (content: string) => [{ role: "user", content }];

Deno.test("session_name takes the client's own name before anything else", () => {
  const named = ask(0, { tools: TOOLS, messages: says("a") }, { "x-claude-code-session-id": "s-1" });
  assert.deepEqual(nameAll([named]), ["s-1"]);
  assert.equal(named.session?.isInferred, false);
});

Deno.test("session_name gives the requests of one conversation of a program the id of the first", () => {
  const first = ask(0, { tools: TOOLS, messages: says("a") });
  const next = ask(1, { tools: TOOLS, messages: [...says("a"), { role: "assistant", content: "b" }, ...says("c")] });
  const other = ask(2, { tools: TOOLS, messages: says("other") });
  const id = first.event.event_id;
  assert.deepEqual(nameAll([first, next, other]), [id, id, other.event.event_id]);
  assert.deepEqual(first.session, { sessionId: id, rule: INFERRED_RULE, isInferred: true });
});

Deno.test("session_name names nothing without tools, without a program, and where only the end of a conversation is sent", () => {
  const unknown = { ...ask(1, { tools: TOOLS, messages: says("a") }), processKey: 0 };
  const part = ask(2, { tools: TOOLS, messages: says("a"), isDelta: true });
  const stranger = ask(3, { tools: TOOLS, isDelta: true, previousResponseId: "resp_9" });
  assert.deepEqual(nameAll([ask(0, { messages: says("a") }), unknown, part, stranger]), Array(4).fill(undefined));
});
