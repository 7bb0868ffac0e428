/** OpenAI's formats. */
import type { AgentFormat, WireCall, WireEntry } from "./agent_format.ts";
import { flat, NAMES, text } from "./agent_format.ts";

/** A call of a chat message. */
export const chatCall = (call: WireCall) => ({
  id: call.id,
  type: "function",
  function: { name: call.name, arguments: text(call.args) },
});

const chatMessage = (entry: WireEntry & { kind: "answer" }) => ({
  role: "assistant",
  content: entry.text ?? null,
  ...(entry.calls.length > 0 && { tool_calls: entry.calls.map(chatCall) }),
});

/** An entry as messages of a chat. */
export function chatMessages(entry: WireEntry): readonly unknown[] {
  if (entry.kind === "user") return [{ role: "user", content: entry.text }];
  if (entry.kind === "answer") return [chatMessage(entry)];
  return entry.results.map(({ call, text: content }) => ({ role: "tool", tool_call_id: call.id, content }));
}

/** Chat completions. */
export const chat = (id: string, ids: "unique" | "weak", host: string): AgentFormat => ({
  id,
  host,
  path: "/v1/chat/completions",
  ids,
  prefix: "call_",
  request: (history, system) => ({
    model: "gpt-4o",
    tools: NAMES.map((name) => ({ type: "function", function: { name, parameters: {} } })),
    messages: [{ role: "system", content: system }, ...flat(history, chatMessages)],
  }),
  answer: (entry) => ({
    id: `chatcmpl-${entry.id}`,
    object: "chat.completion",
    model: "gpt-4o",
    choices: [{
      index: 0,
      message: chatMessage(entry),
      finish_reason: entry.calls.length > 0 ? "tool_calls" : "stop",
    }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  }),
  stream: streamChat,
});

/** Names first, then the arguments of all calls in halves, one after the other. */
function streamChat(entry: WireEntry & { kind: "answer" }): readonly unknown[] {
  const chunk = (delta: unknown, finish_reason: string | null = null) => ({
    id: `chatcmpl-${entry.id}`,
    object: "chat.completion.chunk",
    model: "gpt-4o",
    choices: [{ index: 0, delta, finish_reason }],
  });
  const piece = (index: number, args: string) => chunk({ tool_calls: [{ index, function: { arguments: args } }] });
  const halves = entry.calls.map(({ args }) => text(args)).map((args) => [args.slice(0, 5), args.slice(5)] as const);
  return [
    chunk({ role: "assistant", content: entry.text ?? null }),
    ...entry.calls.map((call, index) =>
      chunk({
        tool_calls: [{ index, ...chatCall({ ...call, args: {} }), function: { name: call.name, arguments: "" } }],
      })
    ),
    ...halves.map(([first], index) => piece(index, first)),
    ...halves.map(([, second], index) => piece(index, second)),
    chunk({}, entry.calls.length > 0 ? "tool_calls" : "stop"),
    "[DONE]",
  ];
}

const legacyMessage = (entry: WireEntry & { kind: "answer" }) => ({
  role: "assistant",
  content: entry.text ?? null,
  ...(entry.calls[0] !== undefined &&
    { function_call: { name: entry.calls[0].name, arguments: text(entry.calls[0].args) } }),
});

function legacyMessages(entry: WireEntry): readonly unknown[] {
  if (entry.kind === "user") return [{ role: "user", content: entry.text }];
  if (entry.kind === "answer") return [legacyMessage(entry)];
  return entry.results.map(({ call, text: content }) => ({ role: "function", name: call.name, content }));
}

/** Chat completions before tools: one function a message, without an id. */
export const chatFunctions: AgentFormat = {
  id: "chat_functions",
  host: "api.openai.com",
  path: "/v1/chat/completions",
  ids: "none",
  mostCalls: 1,
  request: (history, system) => ({
    model: "gpt-4o",
    functions: NAMES.map((name) => ({ name, parameters: {} })),
    messages: [{ role: "system", content: system }, ...flat(history, legacyMessages)],
  }),
  answer: (entry) => ({
    id: `chatcmpl-${entry.id}`,
    object: "chat.completion",
    model: "gpt-4o",
    choices: [{
      index: 0,
      message: legacyMessage(entry),
      finish_reason: entry.calls.length > 0 ? "function_call" : "stop",
    }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  }),
};

function responsesItems(entry: WireEntry): readonly unknown[] {
  if (entry.kind === "user") return [{ role: "user", content: entry.text }];
  if (entry.kind === "results") {
    return entry.results.map(({ call, text: output }) => ({ type: "function_call_output", call_id: call.id, output }));
  }
  const message = { type: "message", role: "assistant", content: [{ type: "output_text", text: entry.text ?? "" }] };
  return [
    ...(entry.text === undefined ? [] : [message]),
    ...entry.calls.map((call) => ({
      type: "function_call",
      id: `fc_${call.id}`,
      call_id: call.id,
      name: call.name,
      arguments: text(call.args),
      status: "completed",
    })),
  ];
}

/** Responses, with the whole history or only what is new. */
export const responses = (id: string, isDelta: boolean): AgentFormat => ({
  id,
  host: "api.openai.com",
  path: "/v1/responses",
  ids: "unique",
  prefix: "call_",
  request: (history, system) => {
    const last = isDelta ? history.findLastIndex(({ kind }) => kind === "answer") : -1;
    const before = history[last];
    return {
      model: "gpt-5",
      instructions: system,
      tools: NAMES.map((name) => ({ type: "function", name, parameters: {} })),
      input: flat(history.slice(last + 1), responsesItems),
      ...(before?.kind === "answer" && { previous_response_id: `resp_${before.id}` }),
    };
  },
  answer: (entry) => ({
    id: `resp_${entry.id}`,
    object: "response",
    status: "completed",
    model: "gpt-5",
    output: responsesItems(entry),
    usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
  }),
  stream: (entry) => {
    const response = { id: `resp_${entry.id}`, object: "response", model: "gpt-5", output: [] };
    return [
      { type: "response.created", response: { ...response, status: "in_progress" } },
      ...responsesItems(entry).map((item, output_index) => ({ type: "response.output_item.done", output_index, item })),
      {
        type: "response.completed",
        response: {
          ...response,
          status: "completed",
          output: responsesItems(entry),
          usage: { input_tokens: 1, output_tokens: 1 },
        },
      },
    ];
  },
});
