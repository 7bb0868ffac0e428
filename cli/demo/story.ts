/** What happens in the recording of `oisp demo`: hand-written calls of three programs, as they cross TLS. */

/** Bytes one side sent at a time, in milliseconds after the start. */
export interface Piece {
  readonly atMs: number;
  readonly from: "client" | "server";
  readonly text: string;
}

/** One TLS connection. */
export interface DemoConnection {
  readonly host: string;
  readonly ip: string;
  readonly pieces: readonly Piece[];
}

/** One program that calls providers. */
export interface DemoProcess {
  readonly pid: number;
  readonly exe: string;
  readonly args: readonly string[];
  readonly connections: readonly DemoConnection[];
}

function request(host: string, path: string, credential: string, body: unknown): string {
  const text = JSON.stringify(body);
  const bytes = new TextEncoder().encode(text).length;
  return `POST ${path} HTTP/1.1\r\nHost: ${host}\r\n${credential}\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${bytes}\r\n\r\n${text}`;
}

function answer(status: string, body: unknown, headers = ""): string {
  const text = JSON.stringify(body);
  const bytes = new TextEncoder().encode(text).length;
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\n${headers}Content-Length: ${bytes}\r\n\r\n${text}`;
}

function chunk(text: string): string {
  return `${new TextEncoder().encode(text).length.toString(16)}\r\n${text}\r\n`;
}

const STREAM_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

// Values of the shape of credentials, so that redaction can be seen at work. None of them was ever valid.
const OPENAI_KEY = "Authorization: Bearer sk-proj-" + "0demo0demo0".repeat(4);
const ANTHROPIC_KEY = "x-api-key: sk-ant-api03-" + "0demo0demo0".repeat(8) + "\r\nanthropic-version: 2023-06-01";

const LIST_FILES = {
  type: "function",
  function: { name: "list_files", parameters: { type: "object", properties: { path: { type: "string" } } } },
};

const ASK = {
  role: "user",
  content: "Which files in src/ have no test? Mail the list to dana@example.com",
};
const CALL = {
  id: "call_demo1",
  type: "function",
  function: { name: "list_files", arguments: '{"path":"src"}' },
};

function openaiPart(delta: unknown, finish: string | null = null, more: Record<string, unknown> = {}): string {
  const part = {
    id: "chatcmpl-demo1",
    object: "chat.completion.chunk",
    model: "gpt-4o-mini-2024-07-18",
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...more,
  };
  return chunk(`data: ${JSON.stringify(part)}\n\n`);
}

/** The agent asks, gets a tool call as a stream, runs the tool and asks again on the same connection. */
function agentPieces(): Piece[] {
  const host = "api.openai.com";
  const first = {
    model: "gpt-4o-mini",
    stream: true,
    stream_options: { include_usage: true },
    messages: [ASK],
    tools: [LIST_FILES],
  };
  const second = {
    model: "gpt-4o-mini",
    messages: [
      ASK,
      { role: "assistant", content: null, tool_calls: [CALL] },
      { role: "tool", tool_call_id: "call_demo1", content: "src/main.py\nsrc/parse.py\ntests/test_parse.py" },
    ],
    tools: [LIST_FILES],
  };
  const usage = { prompt_tokens: 96, completion_tokens: 15, total_tokens: 111 };
  const final = {
    id: "chatcmpl-demo2",
    object: "chat.completion",
    model: "gpt-4o-mini-2024-07-18",
    choices: [{
      index: 0,
      message: { role: "assistant", content: "Only src/main.py has no test." },
      finish_reason: "stop",
    }],
    usage: { prompt_tokens: 138, completion_tokens: 9, total_tokens: 147 },
  };
  return [
    { atMs: 0, from: "client", text: request(host, "/v1/chat/completions", OPENAI_KEY, first) },
    { atMs: 410, from: "server", text: STREAM_HEAD },
    {
      atMs: 412,
      from: "server",
      text: openaiPart({
        role: "assistant",
        tool_calls: [{ index: 0, ...CALL, function: { name: "list_files", arguments: "" } }],
      }),
    },
    { atMs: 455, from: "server", text: openaiPart({ tool_calls: [{ index: 0, function: { arguments: '{"path"' } }] }) },
    { atMs: 491, from: "server", text: openaiPart({ tool_calls: [{ index: 0, function: { arguments: ':"src"}' } }] }) },
    { atMs: 533, from: "server", text: openaiPart({}, "tool_calls") },
    {
      atMs: 534,
      from: "server",
      text: openaiPart({}, null, { choices: [], usage }) + chunk("data: [DONE]\n\n") + "0\r\n\r\n",
    },
    { atMs: 760, from: "client", text: request(host, "/v1/chat/completions", OPENAI_KEY, second) },
    { atMs: 1390, from: "server", text: answer("200 OK", final) },
  ];
}

function anthropicPieces(): Piece[] {
  const body = {
    model: "claude-sonnet-4-20250514",
    max_tokens: 400,
    system: "You review changes in two sentences.",
    messages: [{
      role: "user",
      content: "Review: the retry loop now waits 2^n seconds. The key in the log was AKIAIOSFODNN7EXAMPLE",
    }],
  };
  const final = {
    id: "msg_demo1",
    type: "message",
    role: "assistant",
    model: "claude-sonnet-4-20250514",
    content: [{
      type: "text",
      text: "Exponential waiting is right, but it has no upper bound. Remove the key from the log and rotate it.",
    }],
    stop_reason: "end_turn",
    usage: { input_tokens: 61, output_tokens: 27 },
  };
  return [
    { atMs: 620, from: "client", text: request("api.anthropic.com", "/v1/messages", ANTHROPIC_KEY, body) },
    { atMs: 2480, from: "server", text: answer("200 OK", final) },
  ];
}

function refusedPieces(): Piece[] {
  const host = "api.openai.com";
  const body = { model: "gpt-4o", messages: [{ role: "user", content: "Say hello" }] };
  const refusal = {
    error: { message: "Rate limit reached for gpt-4o", type: "requests", code: "rate_limit_exceeded" },
  };
  return [
    { atMs: 2700, from: "client", text: request(host, "/v1/chat/completions", OPENAI_KEY, body) },
    { atMs: 2790, from: "server", text: answer("429 Too Many Requests", refusal, "retry-after: 20\r\n") },
  ];
}

/** Every program of the recording. */
export const DEMO_PROCESSES: readonly DemoProcess[] = [
  {
    pid: 4121,
    exe: "/usr/bin/python3.12",
    args: ["python3", "agent.py"],
    connections: [{ host: "api.openai.com", ip: "203.0.113.10", pieces: agentPieces() }],
  },
  {
    pid: 4188,
    exe: "/usr/bin/node",
    args: ["node", "review.mjs"],
    connections: [{ host: "api.anthropic.com", ip: "203.0.113.20", pieces: anthropicPieces() }],
  },
  {
    pid: 4203,
    exe: "/usr/bin/curl",
    args: ["curl", "-s", "https://api.openai.com/v1/chat/completions", "-d", "@hello.json"],
    connections: [{ host: "api.openai.com", ip: "203.0.113.10", pieces: refusedPieces() }],
  },
];
