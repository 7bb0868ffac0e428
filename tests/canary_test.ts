/** Planted secrets appear in no byte that any mode but `full` shows, wherever in an event they stand. */
import assert from "node:assert/strict";
import type { EventType, OispEvent, RedactionMode } from "../core/model/oisp_event.ts";
import { createRedactor } from "../core/redact/redactor.ts";
import { KEY_SHAPES } from "../core/redact/rules/api_keys.ts";
import { toExampleKey } from "../core/redact/rules/api_key_shape.ts";

const ALL_KEYS = KEY_SHAPES.map(toExampleKey);

const CANARIES: readonly string[] = [
  // One key in eight: every shape is tried in every setting by the test of redacted logs.
  ...ALL_KEYS.filter((_, index) => index % 8 === 0),
  "anna.canary@example.com",
  "+1-415-555-2671",
  "4242 4242 4242 4242",
  "5555555555554444",
  "DE89370400440532013000",
  "078-05-1120",
  "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
];

/** Ways in which a secret may stand in a text. */
const SETTINGS: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => `use ${secret}, then go on`,
  (secret) => `(${secret}).`,
  (secret) => `<b>${secret}</b>`,
  (secret) => `{"value":"${secret}"}`,
  (secret) => JSON.stringify(JSON.stringify({ value: secret })),
  (secret) => `X=${secret}\nY=2`,
  (secret) => `https://example.com/?q=${secret}&b=1`,
  (secret) => `curl -H 'x: ${secret}' https://example.com`,
  (secret) => `${"filler words go here ".repeat(40)}${secret}${" and here".repeat(40)}`,
  (secret) => `\u201c${secret}\u201d \u{1f600}`,
];

const ENVELOPE = {
  oisp_version: "0.1",
  event_id: "01HQXYZ0000000000000000000",
  timestamp: "2026-11-21T10:00:00.000123Z",
  confidence: { level: "high", completeness: "full" },
};

/** Every place of every event type that can hold a text from outside. */
function plant(text: string): Record<string, unknown>[] {
  const call = {
    provider: { id: "openai", name: "OpenAI", endpoint: text, region: text },
    model: { id: text, requested_id: text },
    conversation_id: text,
    tls_info: { library: text, remote_ip: text },
  };
  const message = {
    role: "user",
    content: text,
    reasoning: text,
    name: text,
    tool_call_id: text,
    tool_calls: [{
      id: text,
      name: text,
      type: "function",
      arguments: { deep: [{ [text]: text }, JSON.stringify({ a: text })] },
    }],
  };
  const tool = {
    agent: { name: text, version: text, session_id: text, parent: text },
    tool: { name: text, server: text },
  };
  const file = { path: `/tmp/${text}` };
  const data: Record<EventType, Record<string, unknown>> = {
    "ai.request": {
      ...call,
      messages: [message, { ...message, role: "system" }],
      system_prompt: text,
      tools: [{ name: text, type: text, server: text }],
      tool_choice: text,
      parameters: { stop: [text], user: text },
      previous_response_id: text,
    },
    "ai.response": {
      ...call,
      request_id: text,
      error: { type: text, code: text, message: text },
      choices: [{ index: 0, raw_finish_reason: text, message }],
      rate_limit: { [text]: text },
      service_tier: text,
    },
    "ai.streaming_chunk": { chunk_index: 0, delta: { role: text, content: text, tool_calls: [{ arguments: text }] } },
    "ai.embedding": { ...call, request_id: text, error: { message: text }, parameters: { input: text } },
    "agent.tool_call": { ...tool, call_id: text, parent_call_id: text, arguments: { [text]: text, list: [text] } },
    "agent.tool_result": { ...tool, call_id: text, result: text },
    "agent.plan_step": { ...tool, description: text, status: text },
    "agent.session": { agent: tool.agent, action: "start", session_id: text },
    "process.exec": { pid: 1, exe: text, args: [text, "--key", text], cwd: text, env: { A: text } },
    "process.exit": { pid: 1 },
    "process.fork": { pid: 1, child_pid: 2 },
    "file.open": file,
    "file.read": file,
    "file.write": file,
    "file.close": file,
    "network.connect": { local: { hostname: text }, remote: { hostname: text, ip: text } },
    "network.dns": { query: text, answers: [text] },
    "sensor.loss": { reason: "ring_full", detail: text },
    "sensor.coverage": {
      reason: "attached",
      covered: true,
      exe: text,
      library: text,
      host: text,
      detail: text,
      fix: text,
      facts: { a: text },
    },
  };
  return Object.entries(data).map(([eventType, content]) => ({
    ...ENVELOPE,
    event_type: eventType,
    actor: { username: text, session_id: text },
    process: { name: text, exe: text, cmdline: [text], cwd: text },
    web: { origin: text, referer: text },
    attrs: { note: text, [text]: 1, deep: { list: [text] } },
    data: content,
  }));
}

function show(events: readonly Record<string, unknown>[], mode: RedactionMode): string {
  const redactor = createRedactor({ modes: [mode], hashKey: new Uint8Array(32) });
  const out = events.flatMap((event) => redactor.push(event as unknown as OispEvent));
  return JSON.stringify([...out, ...redactor.close()]);
}

for (const mode of ["safe", "masked", "minimal"] as const) {
  Deno.test(`no planted secret is in any byte of any event in ${mode} mode`, () => {
    for (const secret of CANARIES) {
      for (const setting of SETTINGS) {
        const shown = show(plant(setting(secret)), mode);
        assert.ok(!shown.includes(secret), `${secret} in ${setting(secret).slice(0, 80)}`);
      }
    }
  });
}

Deno.test("no prose that was planted anywhere in tool arguments or messages survives safe mode", () => {
  const prose = "my grandmother hid the golden teapot behind the old piano";
  for (const text of [prose, `note: ${prose}.`, `${prose}\n${prose}`, JSON.stringify({ text: prose })]) {
    const events = plant(text).filter(({ event_type }) =>
      ["ai.request", "agent.tool_call", "agent.tool_result"].includes(String(event_type))
    );
    const contents = events.map(({ data }) => data as Record<string, unknown>).map((data) => ({
      ...ENVELOPE,
      event_type: data.messages === undefined ? "agent.tool_call" : "ai.request",
      data: data.messages === undefined ? { tool: { name: "write" }, arguments: data.arguments ?? data.result } : {
        messages: (data.messages as Record<string, unknown>[]).map(({ role, content, reasoning }) => ({
          role,
          content,
          reasoning,
          tool_calls: [{ arguments: { a: [content] } }],
        })),
      },
    }));
    assert.ok(!show(contents, "safe").includes("grandmother hid"), text);
  }
});

Deno.test("redacted text of logs holds no planted secret", () => {
  const redactor = createRedactor({ modes: ["full"] });
  for (const secret of [...CANARIES, ...ALL_KEYS]) {
    for (const setting of SETTINGS) {
      assert.ok(!redactor.redactText(setting(secret)).includes(secret), setting(secret).slice(0, 80));
    }
  }
});
