import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { elevenlabsAgent } from "./elevenlabs_agent.ts";
import type { TurnStep } from "./socket_dialect.ts";

const HEAD = toRequestView({ path: "/v1/convai/conversation", method: "GET" });

type Turns = ReturnType<typeof elevenlabsAgent.createTurns>;

function serve(turns: Turns, json: Record<string, unknown>): TurnStep | undefined {
  return turns.server(json, JSON.stringify(json), false, 9);
}

function said(text: string, id = "r") {
  return { type: "agent_response", agent_response_event: { agent_response: text, response_id: id } };
}

function heard(text: string) {
  return { type: "user_transcript", user_transcription_event: { user_transcript: text } };
}

const METADATA = {
  type: "conversation_initiation_metadata",
  conversation_initiation_metadata_event: { conversation_id: "conv_1" },
};
const TOOL_CALL = {
  type: "client_tool_call",
  client_tool_call: { tool_name: "look", tool_call_id: "c", parameters: { at: 3 } },
};
const CONTEXT = { type: "context_usage", context_usage_event: { model: "m-1", context_tokens: 7 } };

Deno.test("elevenlabs_agent is found by the path of conversations", () => {
  assert.ok(elevenlabsAgent.matchHead(HEAD));
  assert.ok(!elevenlabsAgent.matchHead({ ...HEAD, path: "/v1/convai/agents" }));
});

Deno.test("elevenlabs_agent makes a call of what was typed and its answer, with what the client sets", () => {
  const turns = elevenlabsAgent.createTurns(HEAD);
  const prompt = { prompt: "Be short.", llm: "m-0" };
  turns.client({
    type: "conversation_initiation_client_data",
    conversation_config_override: { agent: { prompt, first_message: "Welcome." } },
  });
  serve(turns, METADATA);
  assert.equal(serve(turns, said("Welcome.")), undefined, "no model made the greeting");
  turns.client({ type: "contextual_update", text: "It is late." }, 3);
  turns.client({ type: "user_message", text: "Hi" }, 4);
  const step = serve(turns, said("Hello."));
  assert.deepEqual([step?.requestNs, step?.isUnasked, step?.endsEarlier], [4, undefined, undefined]);
  assert.deepEqual(step?.request, {
    model: "m-0",
    instructions: "Be short.",
    session_id: "conv_1",
    stream: true,
    input: [
      { type: "message", role: "contextual_update", content: [{ type: "input_text", text: "It is late." }] },
      { type: "message", role: "user", content: [{ type: "input_text", text: "Hi" }] },
    ],
  });
  turns.client({ type: "user_message", text: "Next" }, 5);
  const end = serve(turns, CONTEXT);
  assert.deepEqual([end?.isEnd, end?.request], [true, undefined], "what is asked next does not end the answer before");
  const next = serve(turns, said("Yes."));
  assert.deepEqual([next?.request?.["has_history"], next?.endsEarlier], [true, undefined]);
  assert.equal(serve(turns, said("And more."))?.request, undefined);
  assert.equal(turns.close?.(false), undefined);
  assert.deepEqual(turns.close?.(true), { isEnd: true });
});

Deno.test("elevenlabs_agent begins a call with the result of a tool, and one that was heard has no latency", () => {
  const turns = elevenlabsAgent.createTurns(HEAD);
  serve(turns, heard("Weather?"));
  assert.equal(serve(turns, TOOL_CALL)?.isUnasked, true);
  turns.client({ type: "client_tool_result", tool_call_id: "c", result: "Sunny", is_error: true }, 7);
  assert.equal(serve(turns, { type: "agent_tool_response", agent_tool_response: { tool_type: "client" } }), undefined);
  const next = serve(turns, said("It is sunny."));
  assert.deepEqual([next?.endsEarlier, next?.requestNs], [true, 7]);
  const view = toRequestView({ path: HEAD.path, json: { ...next?.request, session_id: "conv_1" } });
  const request = elevenlabsAgent.dialect.decodeRequest(view);
  assert.deepEqual(request?.messages[0]?.toolResults, [{ callId: "c", content: "Sunny", isError: true }]);
  assert.deepEqual([request?.requestType, request?.isDelta, request?.sessionKeys], [
    "realtime",
    true,
    { conversation: "conv_1" },
  ]);
  turns.client({ type: "user_message", text: "Bye" }, 8);
  const last = turns.close?.(true);
  assert.deepEqual([last?.requestNs, last?.endsEarlier, last?.answer], [8, true, undefined]);
});

Deno.test("elevenlabs_agent reads text, calls, tools of the vendor and the model that it tells", () => {
  const run = { tool_name: "end_call", tool_call_id: "s", tool_type: "system", is_error: true };
  const { answer, kinds } = readAnswer(elevenlabsAgent.dialect, [
    { json: said("One.", "r1") },
    { json: said("Two.", "r2") },
    { json: TOOL_CALL },
    { json: { type: "agent_tool_response", agent_tool_response: run } },
    { json: CONTEXT },
  ]);
  assert.deepEqual(kinds, ["token", "token", "token", "token", "meta"]);
  assert.deepEqual(answer, {
    requestId: "r1",
    model: "m-1",
    choices: [{
      index: 0,
      message: {
        role: "assistant",
        content: "One.\nTwo.",
        toolCalls: [
          { id: "c", name: "look", type: "function", arguments: { at: 3 } },
          { id: "s", name: "end_call", type: "server", isServerSide: true },
        ],
      },
    }],
    toolResults: [{ callId: "s", name: "end_call", isServerSide: true, isError: true }],
  });
});
