/** Formats of other vendors. */
import type { AgentFormat, WireEntry } from "./agent_format.ts";
import { flat, NAMES, text } from "./agent_format.ts";
import { chatCall, chatMessages } from "./agent_formats_openai.ts";

function anthropicContent(entry: WireEntry & { kind: "answer" }): unknown[] {
  return [
    ...(entry.text === undefined ? [] : [{ type: "text", text: entry.text }]),
    ...entry.calls.map(({ id, name, args }) => ({ type: "tool_use", id, name, input: args })),
  ];
}

function anthropicMessages(entry: WireEntry): readonly unknown[] {
  if (entry.kind === "user") return [{ role: "user", content: entry.text }];
  if (entry.kind === "answer") return [{ role: "assistant", content: anthropicContent(entry) }];
  const content = entry.results.map(({ call, text }) => ({ type: "tool_result", tool_use_id: call.id, content: text }));
  return [{ role: "user", content }];
}

/** Anthropic. */
export const anthropic: AgentFormat = {
  id: "anthropic",
  host: "api.anthropic.com",
  path: "/v1/messages",
  ids: "unique",
  prefix: "toolu_",
  request: (history, system) => ({
    model: "claude-sonnet-4-5",
    max_tokens: 100,
    system,
    tools: NAMES.map((name) => ({ name, input_schema: { type: "object" } })),
    messages: flat(history, anthropicMessages),
  }),
  answer: (entry) => ({
    id: `msg_${entry.id}`,
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-5-20250929",
    content: anthropicContent(entry),
    stop_reason: entry.calls.length > 0 ? "tool_use" : "end_turn",
    usage: { input_tokens: 10, output_tokens: 5 },
  }),
  stream: (entry) => {
    const message = { id: `msg_${entry.id}`, type: "message", role: "assistant", model: "claude-sonnet-4-5-20250929" };
    const block = (index: number, content_block: unknown, delta: unknown) => [
      { type: "content_block_start", index, content_block },
      { type: "content_block_delta", index, delta },
      { type: "content_block_stop", index },
    ];
    const blocks = entry.text === undefined
      ? entry.calls.flatMap(({ id, name, args }, index) =>
        block(index, { type: "tool_use", id, name, input: {} }, { type: "input_json_delta", partial_json: text(args) })
      )
      : block(0, { type: "text", text: "" }, { type: "text_delta", text: entry.text });
    return [
      { type: "message_start", message: { ...message, content: [], usage: { input_tokens: 10, output_tokens: 1 } } },
      ...blocks,
      {
        type: "message_delta",
        delta: { stop_reason: entry.calls.length > 0 ? "tool_use" : "end_turn" },
        usage: { output_tokens: 5 },
      },
      { type: "message_stop" },
    ];
  },
};

function geminiParts(entry: WireEntry & { kind: "answer" }): unknown[] {
  return [
    ...(entry.text === undefined ? [] : [{ text: entry.text }]),
    ...entry.calls.map(({ name, args }) => ({ functionCall: { name, args } })),
  ];
}

function geminiContents(entry: WireEntry): readonly unknown[] {
  if (entry.kind === "user") return [{ role: "user", parts: [{ text: entry.text }] }];
  if (entry.kind === "answer") return [{ role: "model", parts: geminiParts(entry) }];
  const parts = entry.results.map(({ call, text }) => ({
    functionResponse: { name: call.name, response: { result: text } },
  }));
  return [{ role: "user", parts }];
}

/** Gemini. */
export const gemini: AgentFormat = {
  id: "gemini",
  host: "generativelanguage.googleapis.com",
  path: "/v1beta/models/gemini-2.5-flash:generateContent",
  ids: "none",
  request: (history, system) => ({
    systemInstruction: { parts: [{ text: system }] },
    tools: [{ functionDeclarations: NAMES.map((name) => ({ name })) }],
    contents: flat(history, geminiContents),
  }),
  answer: (entry) => ({
    candidates: [{ content: { role: "model", parts: geminiParts(entry) }, finishReason: "STOP", index: 0 }],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
    modelVersion: "gemini-2.5-flash",
  }),
};

function converseMessages(entry: WireEntry): readonly unknown[] {
  if (entry.kind === "user") return [{ role: "user", content: [{ text: entry.text }] }];
  if (entry.kind === "answer") return [{ role: "assistant", content: converseContent(entry) }];
  const content = entry.results.map(({ call, text }) => ({
    toolResult: { toolUseId: call.id, content: [{ text }], status: "success" },
  }));
  return [{ role: "user", content }];
}

function converseContent(entry: WireEntry & { kind: "answer" }): unknown[] {
  return [
    ...(entry.text === undefined ? [] : [{ text: entry.text }]),
    ...entry.calls.map(({ id, name, args }) => ({ toolUse: { toolUseId: id, name, input: args } })),
  ];
}

/** Converse. */
export const converse: AgentFormat = {
  id: "converse",
  host: "bedrock-runtime.us-east-1.amazonaws.com",
  path: "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse",
  ids: "unique",
  prefix: "tooluse_",
  request: (history, system) => ({
    system: [{ text: system }],
    toolConfig: { tools: NAMES.map((name) => ({ toolSpec: { name, inputSchema: { json: {} } } })) },
    messages: flat(history, converseMessages),
  }),
  answer: (entry) => ({
    output: { message: { role: "assistant", content: converseContent(entry) } },
    stopReason: entry.calls.length > 0 ? "tool_use" : "end_turn",
    usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
    metrics: { latencyMs: 5 },
  }),
};

const ollamaMessage = (entry: WireEntry & { kind: "answer" }) => ({
  role: "assistant",
  content: entry.text ?? "",
  ...(entry.calls.length > 0 &&
    { tool_calls: entry.calls.map(({ name, args }) => ({ function: { name, arguments: args } })) }),
});

function ollamaMessages(entry: WireEntry): readonly unknown[] {
  if (entry.kind === "user") return [{ role: "user", content: entry.text }];
  if (entry.kind === "answer") return [ollamaMessage(entry)];
  return entry.results.map(({ call, text: content }) => ({ role: "tool", tool_name: call.name, content }));
}

/** Ollama. */
export const ollama: AgentFormat = {
  id: "ollama",
  host: "localhost:11434",
  path: "/api/chat",
  ids: "none",
  request: (history, system) => ({
    model: "qwen3",
    stream: false,
    tools: NAMES.map((name) => ({ type: "function", function: { name, parameters: {} } })),
    messages: [{ role: "system", content: system }, ...flat(history, ollamaMessages)],
  }),
  answer: (entry) => ({
    model: "qwen3",
    created_at: "2026-01-01T00:00:00Z",
    message: ollamaMessage(entry),
    done: true,
    done_reason: "stop",
    prompt_eval_count: 10,
    eval_count: 5,
  }),
};

const cohereMessage = (entry: WireEntry & { kind: "answer" }) => ({
  role: "assistant",
  ...(entry.text !== undefined && { content: [{ type: "text", text: entry.text }] }),
  ...(entry.calls.length > 0 && { tool_calls: entry.calls.map(chatCall) }),
});

/** Cohere. */
export const cohere: AgentFormat = {
  id: "cohere",
  host: "api.cohere.com",
  path: "/v2/chat",
  ids: "unique",
  prefix: "look_",
  request: (history, system) => ({
    model: "command-a-03-2025",
    tools: NAMES.map((name) => ({ type: "function", function: { name, parameters: {} } })),
    messages: [
      { role: "system", content: system },
      ...flat(history, (entry) => (entry.kind === "answer" ? [cohereMessage(entry)] : chatMessages(entry))),
    ],
  }),
  answer: (entry) => ({
    id: entry.id,
    finish_reason: entry.calls.length > 0 ? "TOOL_CALL" : "COMPLETE",
    message: cohereMessage(entry),
    usage: { tokens: { input_tokens: 10, output_tokens: 5 } },
  }),
};
