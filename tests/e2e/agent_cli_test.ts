/** Coding agents as their makers ship them, unmodified, where they are installed: what each did, and which tool call caused it. */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { isOnPath } from "../../scripts/run.ts";
import type { EventOf, EventType, OispEvent } from "../../core/model/oisp_event.ts";
import { testOrSkip } from "../skip.ts";
import { captureRun, findCaptureReason } from "./oisp.ts";
import { Stage } from "./stage.ts";

const COMMANDS = ["echo 'hi there' > out.txt; ls -l out.txt | cat", "exit 3"];

interface AgentCli {
  /** Program, and the application's published id. */
  readonly program: string;
  readonly appId: string;
  /** npm package. */
  readonly from: string;
  /** What it calls its shell. */
  readonly tool: string;
  readonly flags: readonly string[];
}

const PI = { program: "pi", appId: "pi-coding-agent", from: "@mariozechner/pi-coding-agent", tool: "bash" };
const PI_FLAGS = ["--offline", "--no-session", "--no-extensions", "--no-skills", "-p"];
const QWEN_FLAGS = [
  "--auth-type",
  "openai",
  "--openai-api-key",
  "sk-e2e",
  "--openai-base-url",
  "https://api.openai.com/v1",
];
const CLIS: readonly AgentCli[] = [
  { ...PI, flags: ["--provider", "anthropic", "--model", "claude-sonnet-4-5", ...PI_FLAGS] },
  { ...PI, flags: ["--provider", "openai", "--model", "gpt-4o-mini", ...PI_FLAGS] },
  {
    program: "qwen",
    appId: "qwen-code",
    from: "@qwen-code/qwen-code",
    tool: "run_shell_command",
    flags: [...QWEN_FLAGS, "--model", "gpt-4o-mini", "--yolo", "-p"],
  },
  // Gemini gives calls no ids: this client makes some up for the calls it sends back.
  {
    program: "gemini",
    appId: "gemini-cli",
    from: "@google/gemini-cli",
    tool: "run_shell_command",
    flags: ["-m", "gemini-2.5-flash", "--yolo", "--skip-trust", "-p"],
  },
];

for (const cli of CLIS) {
  testOrSkip(
    `the agent ${cli.program} with ${cli.flags[1]}: its calls, what they caused, and its session`,
    findCaptureReason() ??
      (isOnPath(cli.program) ? undefined : `${cli.program} is not installed (npm install -g ${cli.from})`),
    async () => {
      const stage = await Stage.open();
      try {
        requireStory(await captureCli(stage, cli), cli);
      } finally {
        await stage.close();
      }
    },
  );
}

testOrSkip(
  "the agent qwen starts a sub-agent in its own process: who works for whom, and for which call",
  findCaptureReason() ?? (isOnPath("qwen") ? undefined : "qwen is not installed (npm install -g @qwen-code/qwen-code)"),
  async () => {
    const stage = await Stage.open();
    try {
      const command = JSON.stringify({ command: "uname -s", description: "a step", is_background: false });
      const prompt = `Do call-sub and look around.\nSTEP run_shell_command ${command}`;
      const task = JSON.stringify({ description: "look", prompt, subagent_type: "general-purpose" });
      const flags = [...QWEN_FLAGS, "--model", "gpt-4o-mini", "--yolo", "-p", `Do call-main.\nSTEP agent ${task}`];
      const { outcome, events } = await captureRun(stage, ["env", `HOME=${stage.folder}`, "qwen", ...flags]);
      strictEqual(outcome.code, 0, outcome.stderr);
      const [asked, acted, ...others] = of(events, "agent.tool_call");
      deepStrictEqual([asked?.data.tool.kind, acted?.data.tool.kind, others.length], ["task", "shell", 0]);
      const parent = asked?.data.agent?.session_id;
      const { type, rule, parent: worksFor } = acted?.data.agent ?? {};
      deepStrictEqual([type, rule, worksFor], ["general-purpose", "task_prompt", parent]);
      const links = of(events, "ai.request").map(({ related_events: each = [] }) => each.map(({ event_id: id }) => id));
      deepStrictEqual(links, [[], [asked?.event_id], [asked?.event_id], []]);
      const starts = of(events, "agent.session").filter(({ data }) => data.action === "start");
      deepStrictEqual(starts.map(({ data }) => data.agent?.parent), [undefined, parent]);
    } finally {
      await stage.close();
    }
  },
);

/** The agent's own folder is the stage's: nothing of the user's is read or changed. */
async function captureCli(stage: Stage, cli: AgentCli): Promise<OispEvent[]> {
  const steps = COMMANDS.map((command) => `STEP ${cli.tool} ${JSON.stringify({ command, description: "a step" })}`);
  const keys = ["OPENAI_API_KEY=sk-e2e", "ANTHROPIC_API_KEY=sk-ant-e2e", "GEMINI_API_KEY=AIza-e2e"];
  const command = [
    "env",
    `HOME=${stage.folder}`,
    ...keys,
    cli.program,
    ...cli.flags,
    ["Do call-cli.", ...steps].join("\n"),
  ];
  const { outcome, events } = await captureRun(stage, command);
  strictEqual(outcome.code, 0, outcome.stderr);
  ok(outcome.stdout.includes("Answer to call-cli"), outcome.stdout);
  return events;
}

function of<T extends EventType>(events: readonly OispEvent[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.event_type === type);
}

function requireStory(events: readonly OispEvent[], cli: AgentCli): void {
  const calls = of(events, "agent.tool_call");
  deepStrictEqual(calls.map(({ data }) => (data.arguments as { command: string }).command), COMMANDS);
  deepStrictEqual(calls.map(({ app }) => app?.id), COMMANDS.map(() => cli.appId));
  const results = of(events, "agent.tool_result");
  deepStrictEqual(results.map(({ data }) => data.related_event_id), calls.map((call) => call.event_id));
  deepStrictEqual(results.map(({ data }) => data.duration_source), COMMANDS.map(() => "process"));
  for (const call of calls) {
    const caused = of(events, "process.exec").flatMap(({ related_events: links }) =>
      (links ?? []).filter(({ event_id: id }) => id === call.event_id)
    );
    // Some put lines of their own around the command.
    ok(caused[0]?.relationship === "caused_by" && /^argv_(exact|contains)$/.test(caused[0].rule ?? ""));
  }
  const sessions = of(events, "agent.session");
  deepStrictEqual(sessions.map(({ data }) => [data.action, data.session_id]), [
    ["start", calls[0]?.data.agent?.session_id],
    ["end", calls[0]?.data.agent?.session_id],
  ]);
  const begun = of(events, "process.exec").find(({ event_id: id }) =>
    id === sessions[0]?.related_events?.[0]?.event_id
  );
  deepStrictEqual([begun?.timestamp, begun?.app?.id], [sessions[0]?.timestamp, cli.appId]);
  deepStrictEqual(sessions[1]?.confidence.reasons, ["process_ended"]);
  deepStrictEqual([sessions[1]?.data.stats?.tool_calls, sessions[1]?.data.stats?.commands], [2, 2]);
}
