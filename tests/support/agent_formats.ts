/** Requests and answers of an agent's conversation, written as each format writes them. */

/** A tool call that a model makes; `n` is its own number in the whole scenario. */
export interface WireCall {
  readonly n: number;
  readonly id: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** One entry of a conversation. */
export type WireEntry =
  | { readonly kind: "user"; readonly text: string }
  | { readonly kind: "answer"; readonly id: string; readonly text?: string; readonly calls: readonly WireCall[] }
  | { readonly kind: "results"; readonly results: readonly { readonly call: WireCall; readonly text: string }[] };

/** A format. */
export interface AgentFormat {
  readonly id: string;
  readonly host: string;
  readonly path: string;
  /** `unique`: drawn at random; `weak`: counted within an answer; `none`: the format has no ids. */
  readonly ids: "unique" | "weak" | "none";
  readonly request: (history: readonly WireEntry[], system: string) => unknown;
  readonly answer: (entry: WireEntry & { kind: "answer" }) => unknown;
  /** Most calls of one answer; three when absent. */
  readonly mostCalls?: number;
  /** Prefix of random ids. */
  readonly prefix?: string;
}

const NAMES = ["bash", "write", "look", "ask"];
const text = JSON.stringify;

function flat<T>(history: readonly WireEntry[], write: (entry: WireEntry) => readonly T[]): T[] {
  return history.flatMap((entry) => [...write(entry)]);
}

const chatCall = (call: WireCall) => ({
  id: call.id,
  type: "function",
  function: { name: call.name, arguments: text(call.args) },
});

const chatMessage = (entry: WireEntry & { kind: "answer" }) => ({
  role: "assistant",
  content: entry.text ?? null,
  ...(entry.calls.length > 0 && { tool_calls: entry.calls.map(chatCall) }),
});

function chatMessages(entry: WireEntry): readonly unknown[] {
  if (entry.kind === "user") return [{ role: "user", content: entry.text }];
  if (entry.kind === "answer") return [chatMessage(entry)];
  return entry.results.map(({ call, text: content }) => ({ role: "tool", tool_call_id: call.id, content }));
}

const chat = (id: string, ids: "unique" | "weak", host: string): AgentFormat => ({
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
});

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

const chatFunctions: AgentFormat = {
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

const responses = (id: string, isDelta: boolean): AgentFormat => ({
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
});

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

const anthropic: AgentFormat = {
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

const gemini: AgentFormat = {
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

const converse: AgentFormat = {
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

const ollama: AgentFormat = {
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

const cohere: AgentFormat = {
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

/** Every format that agents' conversations are generated in. */
export const AGENT_FORMATS: readonly AgentFormat[] = [
  chat("chat", "unique", "api.openai.com"),
  chat("chat_counted_ids", "weak", "api.groq.com"),
  chatFunctions,
  responses("responses", false),
  responses("responses_delta", true),
  anthropic,
  gemini,
  converse,
  ollama,
  cohere,
];
