import assert from "node:assert/strict";
import { warpFuzz } from "../../../tests/fuzz/protobuf.ts";
import { runFuzz, TEST_INPUTS } from "../../../tests/support/fuzz.ts";
import { writeProto } from "../../../tests/support/proto_writer.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { warp } from "./warp.ts";
import { WARP_EVENT, WARP_REQUEST } from "./warp_schema.ts";

const PATH = "/ai/multi-agent";

function decode(json: Record<string, unknown>) {
  const bytes = writeProto(json, WARP_REQUEST);
  return warp.decodeRequest({ ...toRequestView({ path: PATH }), messages: [{ name: "binary", text: "", bytes }] });
}

function toText(json: Record<string, unknown>): { text: string } {
  return { text: writeProto(json, WARP_EVENT).toBase64({ alphabet: "base64url", omitPadding: true }) };
}

const act = (...actions: unknown[]) => toText({ client_actions: { actions } });
const add = (...messages: unknown[]) => act({ add_messages_to_task: { messages } });
const append = (message: unknown) => act({ append_to_message_content: { message } });

Deno.test("warp reads the task, the newest inputs, the model and the tools of MCP servers", () => {
  const call = { tool_call_id: "t", run_shell_command: { command: "ls" } };
  const request = decode({
    task_context: {
      tasks: [{
        messages: [
          { id: "1", user_query: { query: "Hi" } },
          { id: "2", agent_reasoning: { reasoning: "hm" } },
          { id: "3", tool_call: call },
        ],
      }],
    },
    input: {
      user_inputs: {
        inputs: [
          {
            tool_call_result: {
              tool_call_id: "t",
              run_shell_command: { command_finished: { output: "a", exit_code: 1 } },
            },
          },
          { user_query: { query: "And now?" } },
        ],
      },
    },
    settings: { model_config: { base: "auto" } },
    metadata: { conversation_id: "c" },
    mcp_context: { servers: [{ name: "s", tools: [{ name: "f", description: "d" }] }] },
  });
  assert.deepEqual([request?.model, request?.sessionKeys, request?.messageCount], ["auto", { conversation: "c" }, 5]);
  assert.deepEqual(request?.messages, [
    { role: "user", content: "Hi" },
    { role: "assistant", reasoning: "hm" },
    {
      role: "assistant",
      toolCalls: [{ id: "t", name: "run_shell_command", type: "function", arguments: { command: "ls" } }],
    },
    { role: "tool", toolResults: [{ callId: "t", name: "run_shell_command", content: "a", isError: true }] },
    { role: "user", content: "And now?" },
  ]);
  assert.deepEqual(request?.tools, [{ name: "f", type: "mcp", description: "d", server: "s" }]);
  assert.deepEqual(decode({ input: { user_query: { query: "Old" } } })?.messages, [{ role: "user", content: "Old" }]);
  assert.equal(warp.decodeRequest(toRequestView({ path: PATH })), undefined);
});

Deno.test("warp joins what grows, keeps calls, and counts all models", () => {
  const { answer, kinds } = readAnswer(warp, [
    toText({ init: { conversation_id: "c", request_id: "r" } }),
    add({ id: "0", user_query: { query: "Hi" } }, { id: "m", model_used: { model_id: "claude" } }),
    add({ id: "1", agent_reasoning: { reasoning: "h" } }),
    append({ id: "1", agent_reasoning: { reasoning: "m" } }),
    add({ id: "2", agent_output: { text: "Hel" } }),
    append({ id: "2", agent_output: { text: "lo" } }),
    add({ id: "3", tool_call: { tool_call_id: "t", grep: { queries: ["x"], path: "." } } }),
    toText({
      finished: {
        done: {},
        token_usage: [{ model_id: "a", total_input: 10, output: 2, input_cache_read: 4 }, {
          model_id: "b",
          total_input: 1,
          output: 1,
        }],
      },
    }),
  ], { path: PATH });
  assert.deepEqual(kinds, ["meta", "meta", "token", "token", "token", "token", "token", "end"]);
  assert.deepEqual(answer, {
    requestId: "r",
    model: "claude",
    choices: [{
      index: 0,
      message: {
        role: "assistant",
        content: "Hello",
        reasoning: "hm",
        toolCalls: [{ id: "t", name: "grep", type: "function", arguments: { queries: ["x"], path: "." } }],
      },
      finishReason: "tool_calls",
      rawFinishReason: "done",
    }],
    usage: { inputTokens: 11, outputTokens: 3, totalTokens: 14, cachedTokens: 4 },
  });
});

Deno.test("warp's reasons may be errors, and an update replaces a message", () => {
  const changed = readAnswer(warp, [
    add({ id: "1", agent_output: { text: "old" } }),
    act({ update_task_message: { message: { id: "1", agent_output: { text: "new" } } } }),
    toText({ finished: { max_token_limit: {} } }),
  ], { path: PATH }).answer;
  assert.deepEqual([changed.choices[0]?.message.content, changed.choices[0]?.finishReason], ["new", "length"]);
  const broken = readAnswer(warp, [toText({ finished: { internal_error: { message: "m" } } })], { path: PATH }).answer;
  assert.deepEqual(broken, { choices: [], error: { type: "internal_error", message: "m" } });
  const refused = readAnswer(warp, [{ json: { error: "no credits" } }], { path: PATH, status: 429 }).answer;
  assert.deepEqual(refused.error, { message: "no credits" });
  assert.deepEqual(readAnswer(warp, [{ text: "!" }, { text: "_w" }], { path: PATH }).answer, { choices: [] });
});

Deno.test("warp: seeded conversations and events never throw", () => runFuzz(warpFuzz, TEST_INPUTS));
