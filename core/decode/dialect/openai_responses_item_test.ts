import assert from "node:assert/strict";
import type { ModelResponse } from "../../model/model_call.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { openaiResponses } from "./openai_responses.ts";

const SAID = { type: "message", role: "assistant", content: [{ type: "output_text", text: "Done" }] };

function answer(output: readonly object[], more: object = {}, request: object = {}): ModelResponse {
  const json = { object: "response", id: "resp_1", status: "completed", output, ...more };
  const asked = openaiResponses.decodeRequest(
    toRequestView({ path: "/v1/responses", json: { input: "?", ...request } }),
  );
  assert.ok(asked);
  return readAnswer(openaiResponses, [{ json }], { request: asked }).answer;
}

function request(input: readonly object[]) {
  return openaiResponses.decodeRequest(toRequestView({ path: "/v1/responses", json: { model: "m", input } }))?.messages;
}

Deno.test("a program of the vendor and the calls it makes are calls; the client has to answer only the latter", () => {
  const { choices } = answer([
    { type: "program", id: "cm_1", call_id: "call_p", code: "text(await tools.stock({}))" },
    { type: "function_call", id: "fc_1", call_id: "call_f", name: "stock", arguments: "{}", status: "in_progress" },
  ]);
  assert.deepEqual(choices[0]?.message.toolCalls, [
    { name: "program", type: "server", id: "call_p", arguments: "text(await tools.stock({}))", isServerSide: true },
    { name: "stock", type: "function", id: "call_f", arguments: {} },
  ]);
  assert.equal(choices[0]?.finishReason, "tool_calls");
});

Deno.test("what a program of an earlier answer brought is a result", () => {
  const response = answer([{ type: "program_output", call_id: "call_p", status: "completed", result: "7" }, SAID]);
  assert.deepEqual(response.toolResults, [{ callId: "call_p", content: "7", isServerSide: true }]);
  assert.equal(response.choices[0]?.finishReason, "stop");
});

Deno.test("a search for tools is the client's where the item says so", () => {
  const { choices } = answer([{
    type: "tool_search_call",
    id: "tsc_1",
    call_id: "call_t",
    execution: "client",
    arguments: { goal: "rain" },
  }]);
  assert.deepEqual(choices[0]?.message.toolCalls, [
    { name: "tool_search", type: "tool_search_call", id: "call_t", arguments: { goal: "rain" } },
  ]);
  assert.equal(choices[0]?.finishReason, "tool_calls");
});

Deno.test("a search for tools of the vendor and its result belong together though neither has a call id", () => {
  const response = answer([
    { type: "tool_search_call", id: "tsc_1", call_id: null, execution: "server", arguments: { paths: ["rain"] } },
    { type: "tool_search_output", id: "tso_1", call_id: null, execution: "server", tools: [{ name: "rain" }] },
    SAID,
  ]);
  assert.equal(response.choices[0]?.message.toolCalls?.[0]?.id, "tsc_1");
  assert.equal(response.choices[0]?.finishReason, "stop");
  assert.deepEqual(response.toolResults, [
    { name: "tool_search", callId: "tsc_1", content: '[{"name":"rain"}]', isServerSide: true },
  ]);
});

Deno.test("a command in a container ran on the vendor's side", () => {
  const output = [{ stdout: "a\n", stderr: "", outcome: { type: "exit", exit_code: 0 } }];
  const call = { type: "shell_call", id: "sh_1", call_id: "call_s", action: { commands: ["ls"] } };
  const done = { type: "shell_call_output", id: "sho_1", call_id: "call_s", output };
  for (const environment of [{ type: "container_reference", container_id: "c" }, undefined]) {
    const { choices, toolResults } = answer([{ ...call, environment }, done, SAID]);
    assert.equal(choices[0]?.message.toolCalls?.[0]?.isServerSide, true);
    assert.equal(choices[0]?.finishReason, "stop");
    assert.deepEqual(toolResults, [{ callId: "call_s", content: JSON.stringify(output), isServerSide: true }]);
  }
  assert.equal(answer([{ ...call, environment: { type: "local" } }]).choices[0]?.finishReason, "tool_calls");
});

Deno.test("a call that was approved in the same answer is one call", () => {
  const call = { name: "f", server_label: "s", arguments: "{}" };
  const { choices } = answer([
    { ...call, type: "mcp_approval_request", id: "mcpr_1" },
    { ...call, type: "mcp_call", id: "mcp_1", approval_request_id: "mcpr_1", output: "x" },
    SAID,
  ]);
  assert.deepEqual(choices[0]?.message.toolCalls?.map(({ id }) => id), ["mcp_1"]);
  assert.equal(choices[0]?.finishReason, "stop");
});

Deno.test("a call that nobody has to answer is the vendor's, under the name and with the arguments it has", () => {
  const { choices } = answer([
    { type: "x_search_call", id: "fc_1", call_id: "", name: "x_semantic", arguments: '{"q":1}' },
    { type: "code_interpreter_call", id: "fc_2", call_id: "", name: "code_execution", arguments: '{"code":"1"}' },
    SAID,
  ]);
  assert.deepEqual(choices[0]?.message.toolCalls, [
    { name: "x_semantic", type: "server", arguments: { q: 1 }, id: "fc_1", isServerSide: true },
    { name: "code_execution", type: "server", arguments: { code: "1" }, id: "fc_2", isServerSide: true },
  ]);
  assert.equal(choices[0]?.finishReason, "stop");
});

Deno.test("a call with free text is the vendor's own where the client offers no tool that takes it", () => {
  const call = { type: "custom_tool_call", id: "ct_1", call_id: "c", name: "f", input: "x" };
  assert.equal(answer([call], {}, { tools: [{ type: "x_search" }] }).choices[0]?.finishReason, "stop");
  assert.equal(answer([call], {}, { tools: [{ type: "custom", name: "f" }] }).choices[0]?.finishReason, "tool_calls");
  assert.equal(answer([call]).choices[0]?.finishReason, "tool_calls");
});

Deno.test("search results that stand for themselves are a call and its result", () => {
  const { choices, toolResults } = answer([{ type: "search_results", queries: ["q"], results: [{ id: 1 }] }, SAID]);
  assert.deepEqual(choices[0]?.message.toolCalls, [
    { name: "web_search", type: "server", isServerSide: true, arguments: { queries: ["q"] } },
  ]);
  assert.deepEqual(toolResults, [{ isServerSide: true, name: "web_search", content: '[{"id":1}]' }]);
});

Deno.test("searches that are billed are counted", () => {
  const counted = { usage: { input_tokens: 2, output_tokens: 1 }, tool_usage: { web_search: { num_requests: 3 } } };
  assert.equal(answer([SAID], counted).usage?.webSearches, 3);
});

Deno.test("a last event that states only what is new takes nothing away, and says how it ended", () => {
  const { answer: response } = readAnswer(openaiResponses, [
    { json: { type: "response.created", response: { id: "resp_1", model: "m-1", status: "in_progress" } } },
    { json: { type: "response.output_item.done", output_index: 0, item: SAID } },
    { json: { type: "response.completed", response: { usage: { input_tokens: 2, output_tokens: 1 } } } },
  ]);
  assert.equal(response.requestId, "resp_1");
  assert.equal(response.model, "m-1");
  assert.equal(response.choices[0]?.finishReason, "stop");
  assert.equal(response.usage?.totalTokens, 3);
});

Deno.test("results in a request keep their content, and pictures are only counted", () => {
  const wrote = [{ stdout: "a", stderr: "", outcome: { type: "exit", exit_code: 0 } }];
  assert.deepEqual(
    request([
      { type: "shell_call_output", call_id: "s", output: wrote },
      { type: "computer_call_output", call_id: "c", output: { type: "computer_screenshot", image_url: "data:," } },
      {
        type: "function_call_output",
        call_id: "f",
        output: [{ type: "input_text", text: "see" }, { type: "input_image", image_url: "data:," }],
      },
    ]),
    [
      {
        role: "tool",
        toolResults: [{ callId: "s", content: JSON.stringify(wrote) }],
        content: JSON.stringify(wrote),
      },
      { role: "tool", toolResults: [{ callId: "c" }], imageCount: 1 },
      { role: "tool", toolResults: [{ callId: "f", content: "see" }], content: "see", imageCount: 1 },
    ],
  );
});

Deno.test("openai_responses takes the place held for arguments of a call that was cut for no arguments", () => {
  const item = { type: "shell_call", id: "sh", call_id: "c", status: "in_progress", action: { commands: [] } };
  const { answer } = readAnswer(openaiResponses, [
    { json: { type: "response.output_item.added", output_index: 0, item } },
    { json: { type: "response.shell_call_command.delta", output_index: 0, command_index: 0, delta: "ls" } },
  ], { isComplete: false });
  assert.deepEqual(answer.choices[0]?.message.toolCalls, [
    { name: "shell", type: "shell_call", id: "c", argumentsIncomplete: true },
  ]);
});

Deno.test("openai_responses tells what the model that draws used, by its name", () => {
  const images = {
    input_tokens: 30,
    output_tokens: 196,
    output_tokens_details: { image_tokens: 196 },
    total_tokens: 226,
  };
  const read = (tokens: number, tools: unknown) =>
    readAnswer(openaiResponses, [{
      json: {
        object: "response",
        usage: { input_tokens: 5, output_tokens: 1 },
        tool_usage: { image_gen: { ...images, total_tokens: tokens } },
        tools,
        output: [],
      },
    }]).answer.usage?.besides;
  const usage = { inputTokens: 30, outputTokens: 196, outputImageTokens: 196, totalTokens: 226 };
  assert.deepEqual(read(226, [{ type: "image_generation", model: "painter" }]), [{ model: "painter", usage }]);
  assert.deepEqual(read(226, []), [{ model: "", usage }]);
  assert.equal(read(0, []), undefined);
});
