import assert from "node:assert/strict";
import type { ModelRequest } from "../model/model_call.ts";
import { draftOf } from "../../tests/support/drafts.ts";
import { findSessionKey } from "./session_key.ts";
import { StatedAgent } from "./stated_agent.ts";

const draft = (headers: Record<string, string>, request: Partial<ModelRequest> = {}) =>
  draftOf("ai.request", { ordinal: 0, timeNs: 0, headers, request });

const keyOf = (headers: Record<string, string>, request: Partial<ModelRequest> = {}) => {
  const found = findSessionKey(draft(headers, request));
  return found === undefined ? undefined : `${found.sessionId} by ${found.rule}`;
};

Deno.test("every agent's own name of its session is found", () => {
  const headers = [
    "x-claude-code-session-id",
    "x-opencode-session-id",
    "x-interaction-id",
    "vscode-sessionid",
    "x-amp-thread-id",
    "x-session-id",
    "session-id",
    "thread-id",
  ];
  for (const name of headers) assert.equal(keyOf({ [name]: "s" }), `s by header:${name}`);
  const turn = JSON.stringify({ session_id: "s", turn_id: "t" });
  assert.equal(keyOf({ "x-codex-turn-metadata": turn }), "s by turn_metadata:session_id");
  assert.equal(keyOf({}, { clientMetadata: { "x-codex-turn-metadata": turn } }), "s by turn_metadata:session_id");
  assert.equal(keyOf({}, { clientMetadata: { session_id: "s" } }), "s by turn_metadata:session_id");
  for (const name of ["session", "session_id", "conversation", "prompt_cache_key"]) {
    assert.equal(keyOf({}, { sessionKeys: { [name]: "s" } }), `s by body:${name}`);
  }
  assert.equal(keyOf({}, { sessionKeys: { user_id: "user_x_account__session_s" } }), "s by body:user_id");
  assert.equal(keyOf({}, { sessionKeys: { user_id: "somebody", turn: "t" } }), undefined);
});

Deno.test("every agent's own name of a turn is found", () => {
  const turnOf = (headers: Record<string, string>, request: Partial<ModelRequest> = {}) =>
    new StatedAgent(draft(headers, request)).turn();
  assert.equal(turnOf({ "x-claude-code-prompt-id": "t" }), "t");
  assert.equal(turnOf({ "x-opencode-request-id": "t" }), "t");
  assert.equal(turnOf({ "x-codex-turn-metadata": '{"turn_id":"t"}' }), "t");
  assert.equal(turnOf({}, { sessionKeys: { turn: "t" } }), "t");
  assert.equal(turnOf({ "x-codex-turn-metadata": '{"turn_id":7}' }), undefined);
  assert.equal(turnOf({ "x-initiator": "user", "x-request-id": "t" }), "t");
  assert.equal(turnOf({ "x-initiator": "agent", "x-request-id": "t" }), undefined);
});
