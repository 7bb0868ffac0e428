import assert from "node:assert/strict";
import type { DraftEvent, StoryContext } from "../model/draft.ts";
import type { HttpExchange } from "../model/http_exchange.ts";
import type { ModelCall } from "../model/model_call.ts";
import type { EventOf, OispEvent } from "../model/oisp_event.ts";
import type { ProcessFacts } from "../model/process.ts";
import type { Usage } from "../model/usage.ts";
import { ENRICHERS } from "./registry.ts";

type Response = EventOf<"ai.response">;

function facts(processKey: number, more: Partial<ProcessFacts> = {}): ProcessFacts {
  return { tgid: processKey * 10, tid: processKey * 10, processKey, cgroupId: 0, ...more };
}

function context(programs: readonly ProcessFacts[] = []): StoryContext {
  return {
    processes: { find: (key) => programs.find((program) => program.processKey === key) },
    host: { hostname: "box", os: "linux", arch: "x86_64" },
    bootId: "boot",
    clockOffsetUs: Date.parse("2026-11-21T10:00:00Z") * 1000,
  };
}

function draft(
  headers: Record<string, string>,
  options: { processKey?: number; usage?: Usage; provider?: string; model?: string; serviceTier?: string } = {},
): DraftEvent & { event: Response } {
  const event: Response = {
    oisp_version: "0.1",
    event_id: "01HQXYZ0000000000000000000",
    timestamp: "2026-11-21T10:00:00.000123Z",
    confidence: { level: "high", completeness: "full" },
    event_type: "ai.response",
    data: { request_type: "chat" },
  };
  if (options.provider !== undefined) event.data.provider = { id: options.provider };
  if (options.model !== undefined) event.data.model = { id: options.model };
  const processKey = options.processKey ?? 1;
  const exchange = {
    connection: { connId: 1, processKey, tgid: processKey * 10 },
    ordinal: 0,
    protocol: "http/1.1",
    request: { headers: new Map(Object.entries(headers)), method: "POST", path: "/", target: "/" },
  } as unknown as HttpExchange;
  const call: ModelCall = {
    dialect: "openai_chat",
    response: {
      choices: [],
      ...(options.usage && { usage: options.usage }),
      ...(options.serviceTier && { serviceTier: options.serviceTier }),
    },
  };
  return { event, timeNs: 1e9, processKey, exchange, call };
}

function enrich<D extends DraftEvent>(one: D, story: StoryContext = context()): D {
  for (const enricher of ENRICHERS) enricher.enrich(one, story);
  return one;
}

Deno.test("host and process facts are added, and shared between events of a program run", () => {
  const program = facts(1, {
    ppid: 3,
    uid: 1000,
    gid: 1000,
    username: "anna",
    exe: "/usr/bin/python3.11",
    args: ["python3", "agent.py"],
    cwd: "/home/anna",
    sessionId: 4294967295,
  });
  const story = context([program]);
  const one = enrich(draft({}), story).event;
  const two = enrich(draft({}), story).event;
  assert.deepEqual(one.host, { hostname: "box", os: "linux", arch: "x86_64" });
  assert.deepEqual(one.process, {
    pid: 10,
    ppid: 3,
    name: "python3.11",
    exe: "/usr/bin/python3.11",
    cmdline: ["python3", "agent.py"],
    cwd: "/home/anna",
  });
  assert.deepEqual(one.actor, { uid: 1000, username: "anna", gid: 1000 });
  assert.equal(one.process, two.process);
  assert.ok(Object.isFrozen(one.process) && Object.isFrozen(one.host) && Object.isFrozen(one.app));
});

Deno.test("a call of an unknown program run keeps the process id of its connection and nothing more", () => {
  const { event } = enrich(draft({}));
  assert.deepEqual(event.process, { pid: 10 });
  assert.equal("actor" in event, false);
  assert.deepEqual(event.app, { tier: "unknown" });
});

const APP_CASES: readonly {
  readonly headers: Record<string, string>;
  readonly program?: Partial<ProcessFacts>;
  readonly id: string;
}[] = [
  { headers: { "x-app": "cli", "user-agent": "claude-cli/2.1.328 (external, cli)" }, id: "claude-code" },
  {
    headers: { "x-app": "cli", "user-agent": "claude-cli/2.1.328 (external, claude-vscode)" },
    id: "claude-code-vscode",
  },
  { headers: { originator: "codex_exec", "user-agent": "codex_exec/0.169.0" }, id: "codex-cli" },
  { headers: { "user-agent": "GeminiCLI-tui/0.61.0/gemini-3 (linux; x64; terminal)" }, id: "gemini-cli" },
  { headers: { "x-opencode-session-id": "s1", "user-agent": "opencode/1.18.34 ai-sdk" }, id: "opencode" },
  { headers: { "user-agent": "OpenAI/Python 1.99.0" }, id: "openai-python" },
  { headers: { "user-agent": "curl/8.5.0" }, id: "curl" },
  {
    headers: { "user-agent": "Bun/1.3.14" },
    program: { exe: "/home/a/.local/share/claude/versions/2.1.328" },
    id: "claude-code",
  },
  {
    headers: {},
    program: { exe: "/usr/bin/node", args: ["node", "/usr/lib/node_modules/@openai/codex/bin/codex.js"] },
    id: "codex-cli",
  },
  { headers: {}, program: { exe: "/usr/bin/python3", args: ["python3", "-m", "aider", "--model", "x"] }, id: "aider" },
];

for (const { headers, program, id } of APP_CASES) {
  Deno.test(`the application ${id} is recognised by ${JSON.stringify(program ?? headers).slice(0, 70)}`, () => {
    const { event } = enrich(draft(headers), context([facts(1, program)]));
    assert.equal(event.app?.id, id);
  });
}

Deno.test("the version of an application comes from its user agent", () => {
  const { event } = enrich(draft({ originator: "codex_exec", "user-agent": "codex_exec/0.169.0 (linux)" }));
  assert.equal(event.app?.version, "0.169.0");
});

Deno.test("what a program is beats the user agent it borrows", () => {
  const qwen = facts(1, {
    exe: "/usr/bin/node",
    args: ["node", "/usr/lib/node_modules/@qwen-code/qwen-code/dist/index.js"],
  });
  const { event } = enrich(draft({ "user-agent": "claude-cli/2.0.0 (external, cli)" }), context([qwen]));
  assert.equal(event.app?.id, "qwen-code");
});

Deno.test("a library's call belongs to the agent that started the program, and names the library", () => {
  const agent = facts(1, { exe: "/usr/local/bin/opencode" });
  const shell = facts(2, { exe: "/bin/bash", parentKey: 1 });
  const script = facts(3, { exe: "/usr/bin/python3", args: ["python3", "x.py"], parentKey: 2 });
  const { event } = enrich(
    draft({ "user-agent": "OpenAI/Python 1.99.0" }, { processKey: 3 }),
    context([agent, shell, script]),
  );
  assert.equal(event.app?.id, "opencode");
  assert.equal(event.attrs?.app_via, "openai-python");
});

Deno.test("neither thread name nor later arguments name an application", () => {
  const program = facts(1, {
    comm: "claude",
    exe: "/usr/bin/python3",
    args: ["python3", "x.py", "--dir", "/home/claude", "codex"],
  });
  assert.equal(enrich(draft({}), context([program])).event.app?.tier, "unknown");
});

Deno.test("a browser page is named by its origin, without query and fragment", () => {
  const { event } = enrich(draft({ origin: "https://chatgpt.com", referer: "https://chatgpt.com/c/abc?token=1#x" }));
  assert.deepEqual(event.web, {
    origin: "https://chatgpt.com",
    referer: "https://chatgpt.com/c/abc",
    web_app_type: "direct",
    web_app_id: "chatgpt-web",
    web_app_name: "ChatGPT",
  });
  const other = enrich(draft({ origin: "https://shop.example.com" })).event;
  assert.deepEqual(other.web, { origin: "https://shop.example.com", web_app_type: "embedded" });
  assert.equal(enrich(draft({ origin: "null", referer: "not a url" })).event.web, undefined);
});

Deno.test("an answer's cost comes from the price table, with its date", () => {
  const usage = { inputTokens: 1000, outputTokens: 100, cachedTokens: 200 };
  const { event } = enrich(draft({}, { provider: "openai", model: "gpt-4o-2024-08-06", usage }));
  assert.deepEqual(event.data.cost, {
    usd: 0.00325,
    input_usd: 0.00225,
    output_usd: 0.001,
    source: "price_table",
    price_date: "2026-09-23",
  });
});

Deno.test("a cost on the wire beats the price table", () => {
  const usage = { inputTokens: 1000, outputTokens: 100, statedCostUsd: 0.5 };
  const { event } = enrich(draft({}, { provider: "openrouter", model: "openai/gpt-4o", usage }));
  assert.deepEqual(event.data.cost, { usd: 0.5, source: "provider" });
});

Deno.test("what is not known has no cost", () => {
  const usage = { inputTokens: 1000, outputTokens: 100 };
  const cases = [
    draft({}, { provider: "openai", model: "gpt-99-imaginary", usage }),
    draft({}, { provider: "ollama", model: "llama3", usage }),
    draft({}, { model: "gpt-4o", usage }),
    draft({}, { provider: "openai", model: "gpt-4o", usage, serviceTier: "flex" }),
    draft({}, { provider: "openai", model: "gpt-4o", usage: { inputTokens: 1000 } }),
    draft({}, { provider: "openai", model: "gpt-4o", usage: { ...usage, cachedTokens: 2000 } }),
    draft({}, { provider: "openai", model: "gpt-4o" }),
  ];
  for (const one of cases) assert.equal("cost" in enrich(one).event.data, false);
});

Deno.test("enrichers leave what is there", () => {
  const one = draft({ "user-agent": "curl/8.5.0" });
  const app: NonNullable<OispEvent["app"]> = { tier: "identified", id: "mine" };
  one.event.app = app;
  assert.equal(enrich(one).event.app, app);
});
