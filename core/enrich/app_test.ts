import assert from "node:assert/strict";
import type { DraftEvent } from "../model/draft.ts";
import type { OispEvent } from "../model/oisp_event.ts";
import type { ProcessFacts } from "../model/process.ts";
import { context, draft, enrich, facts } from "./enrich_testing.ts";

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

Deno.test("enrichers leave what is there", () => {
  const one = draft({ "user-agent": "curl/8.5.0" });
  const app: NonNullable<OispEvent["app"]> = { tier: "identified", id: "mine" };
  one.event.app = app;
  assert.equal(enrich(one).event.app, app);
});

Deno.test("an exec tells whether the program is the application itself, or one that it started", () => {
  const agent = facts(1, { exe: "/usr/local/bin/opencode" });
  const shell = facts(2, { exe: "/bin/bash", parentKey: 1 });
  const execOf = (processKey: number) => {
    const event = { event_type: "process.exec", data: { pid: 1 }, confidence: {} };
    return enrich({ event, timeNs: 0, processKey } as unknown as DraftEvent, context([agent, shell]));
  };
  assert.deepEqual([execOf(1).event.app?.id, execOf(1).isAppProgram], ["opencode", true]);
  assert.deepEqual([execOf(2).event.app?.id, execOf(2).isAppProgram], ["opencode", undefined]);
});
