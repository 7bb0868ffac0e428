/** Tool calls and results of whole conversations, from the wire: each once, although every later request repeats the history. */
import assert from "node:assert/strict";
import { only, play, requireStory, sse } from "./support/agent_wire.ts";

Deno.test("OpenAI chat, streaming and not: each call and result once", async () => {
  const url = "https://api.openai.com/v1/chat/completions";
  const tools = ["a", "b", "c"].map((name) => ({ type: "function", function: { name, parameters: {} } }));
  const call = (id: string, name: string, n: number) => ({
    id,
    type: "function",
    function: { name, arguments: JSON.stringify({ n }) },
  });
  const answer = (message: unknown, finish: string) => ({
    id: "chatcmpl-1",
    object: "chat.completion",
    model: "gpt-4o",
    choices: [{ index: 0, message, finish_reason: finish }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  });
  const first = { role: "assistant", content: null, tool_calls: [call("c1", "a", 1), call("c2", "b", 2)] };
  const second = { role: "assistant", content: null, tool_calls: [call("c3", "c", 3)] };
  const history: unknown[] = [{ role: "user", content: "go" }];
  const chunk = (delta: unknown, finish: string | null = null) => ({
    id: "chatcmpl-2",
    object: "chat.completion.chunk",
    model: "gpt-4o",
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const streamed = sse([
    chunk({
      role: "assistant",
      content: null,
      tool_calls: [{ index: 0, id: "c3", type: "function", function: { name: "c", arguments: "" } }],
    }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: '{"n"' } }] }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: ":3}" } }] }),
    chunk({}, "tool_calls"),
    "[DONE]",
  ]);
  const withFirst = [...history, first, { role: "tool", tool_call_id: "c1", content: "one" }, {
    role: "tool",
    tool_call_id: "c2",
    content: "two",
  }];
  const withSecond = [...withFirst, second, { role: "tool", tool_call_id: "c3", content: "three" }];
  const request = (messages: unknown[], stream = false) => ({
    model: "gpt-4o",
    tools,
    messages,
    ...(stream && { stream }),
  });
  const events = await play([
    { url, request: request(history), response: answer(first, "tool_calls") },
    { url, request: request(withFirst, true), response: streamed },
    { url, request: request(withSecond), response: answer({ role: "assistant", content: "done" }, "stop") },
    {
      url,
      request: request([...withSecond, { role: "assistant", content: "done" }, { role: "user", content: "more" }]),
      response: answer({ role: "assistant", content: "no" }, "stop"),
    },
  ]);
  requireStory(events, true);
});

Deno.test("Anthropic messages: each call and result once, failure as the block says, session by header", async () => {
  const url = "https://api.anthropic.com/v1/messages";
  const headers = {
    "x-claude-code-session-id": "s-1",
    "x-app": "cli",
    "user-agent": "claude-cli/2.1.328 (external, cli)",
  };
  const tools = ["a", "b", "c"].map((name) => ({ name, input_schema: { type: "object" } }));
  const use = (id: string, name: string, n: number) => ({ type: "tool_use", id, name, input: { n } });
  const result = (id: string, content: unknown, isError?: boolean) => ({
    type: "tool_result",
    tool_use_id: id,
    content,
    ...(isError !== undefined && { is_error: isError }),
  });
  const answer = (content: unknown[], stop: string) => ({
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5-20250929",
    content,
    stop_reason: stop,
    usage: { input_tokens: 10, output_tokens: 5 },
  });
  const first = [
    { type: "thinking", thinking: "I should look at both.", signature: "x" },
    use("t1", "a", 1),
    use("t2", "b", 2),
  ];
  const history: unknown[] = [{ role: "user", content: "go" }];
  const withFirst = [...history, { role: "assistant", content: first }, {
    role: "user",
    content: [result("t1", "one", false), result("t2", [{ type: "text", text: "two" }], true)],
  }];
  const withSecond = [...withFirst, { role: "assistant", content: [use("t3", "c", 3)] }, {
    role: "user",
    content: [result("t3", "three")],
  }];
  const request = (messages: unknown[]) => ({ model: "claude-sonnet-4-5", max_tokens: 100, tools, messages });
  const events = await play([
    { url, headers, request: request(history), response: answer(first, "tool_use") },
    { url, headers, request: request(withFirst), response: answer([use("t3", "c", 3)], "tool_use") },
    { url, headers, request: request(withSecond), response: answer([{ type: "text", text: "done" }], "end_turn") },
  ]);
  requireStory(events, true);
  assert.deepEqual(only(events, "agent.tool_result").map((event) => event.data.success), [true, false, undefined]);
  const [call] = only(events, "agent.tool_call");
  assert.deepEqual(call?.data.agent, { name: "Claude Code", version: "2.1.328", session_id: "s-1" });
  assert.deepEqual(only(events, "agent.session").map((event) => event.data.action), ["start", "end"]);
  assert.equal(only(events, "agent.session")[1]?.data.stats?.tool_calls, 3);
  const [step] = only(events, "agent.plan_step");
  assert.equal(step?.data.description, "I should look at both.");
  assert.equal(step?.data.source, "reasoning");
});

Deno.test("OpenAI Responses: each call and result once, whole history or previous_response_id", async () => {
  const url = "https://api.openai.com/v1/responses";
  const tools = ["a", "b", "c"].map((name) => ({ type: "function", name, parameters: {} }));
  const call = (id: string, name: string, n: number) => ({
    type: "function_call",
    id: `fc_${id}`,
    call_id: id,
    name,
    arguments: JSON.stringify({ n }),
    status: "completed",
  });
  const output = (id: string, text: string) => ({ type: "function_call_output", call_id: id, output: text });
  const answer = (id: string, items: unknown[]) => ({
    id,
    object: "response",
    status: "completed",
    model: "gpt-5",
    output: items,
    usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
  });
  const done = [{ type: "message", role: "assistant", content: [{ type: "output_text", text: "done" }] }];
  const start = [{ role: "user", content: "go" }];
  const withFirst = [...start, call("c1", "a", 1), call("c2", "b", 2), output("c1", "one"), output("c2", "two")];
  const request = (input: unknown, previous?: string) => ({
    model: "gpt-5",
    tools,
    input,
    ...(previous !== undefined && { previous_response_id: previous }),
  });
  const events = await play([
    { url, request: request(start), response: answer("resp_1", [call("c1", "a", 1), call("c2", "b", 2)]) },
    { url, request: request(withFirst), response: answer("resp_2", [call("c3", "c", 3)]) },
    { url, request: request([output("c3", "three")], "resp_2"), response: answer("resp_3", done) },
    {
      url,
      request: request([...withFirst, call("c3", "c", 3), output("c3", "three")]),
      response: answer("resp_4", done),
    },
  ]);
  requireStory(events, true);
  const third = only(events, "ai.request")[2];
  assert.equal(third?.related_events?.[0]?.rule, "previous_response_id");
});

Deno.test("Gemini without call ids: results go to the calls of the newest turn, by name and order", async () => {
  const url = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent";
  const tools = [{ functionDeclarations: ["a", "b", "c"].map((name) => ({ name })) }];
  const call = (name: string, n: number) => ({ functionCall: { name, args: { n } } });
  const result = (name: string, text: string) => ({ functionResponse: { name, response: { result: text } } });
  const answer = (parts: unknown[]) => ({
    candidates: [{ content: { role: "model", parts }, finishReason: "STOP", index: 0 }],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
    modelVersion: "gemini-2.5-flash",
  });
  const start = [{ role: "user", parts: [{ text: "go" }] }];
  const withFirst = [...start, { role: "model", parts: [call("a", 1), call("b", 2)] }, {
    role: "user",
    parts: [result("a", "one"), result("b", "two")],
  }];
  const withSecond = [...withFirst, { role: "model", parts: [call("c", 3)] }, {
    role: "user",
    parts: [result("c", "three")],
  }];
  const request = (contents: unknown[]) => ({ contents, tools });
  const events = await play([
    { url, request: request(start), response: answer([call("a", 1), call("b", 2)]) },
    { url, request: request(withFirst), response: answer([call("c", 3)]) },
    { url, request: request(withSecond), response: answer([{ text: "done" }]) },
    { url, request: request(withSecond), response: answer([{ text: "done" }]) },
  ]);
  const calls = only(events, "agent.tool_call");
  const results = only(events, "agent.tool_result");
  assert.deepEqual(calls.map((event) => event.data.tool.name), ["a", "b", "c"]);
  assert.deepEqual(results.map((event) => event.data.related_event_id), calls.map((event) => event.event_id));
  const texts = ["one", "two", "three"].map((result) => JSON.stringify({ result }));
  assert.deepEqual(results.map((event) => event.data.result), texts);
});
