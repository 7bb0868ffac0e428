/** Sub-agents and calls besides the task, from the wire: who works for whom, and what is no turn. */
import assert from "node:assert/strict";
import { only, play, type Wire } from "./support/agent_wire.ts";

const ANTHROPIC = "https://api.anthropic.com/v1/messages";
const HEADERS = {
  "x-app": "cli",
  "user-agent": "claude-cli/2.1.328 (external, cli)",
  "x-claude-code-session-id": "s-1",
};
const TOOLS = ["Task", "Bash"].map((name) => ({ name, input_schema: { type: "object" } }));

/** A request of Claude Code and what the model answers. */
function claude(messages: unknown, content: readonly unknown[], more: Record<string, string>, request = {}): Wire {
  return {
    url: ANTHROPIC,
    headers: { ...HEADERS, ...more },
    request: { model: "claude-sonnet-4-5", max_tokens: 100, tools: TOOLS, messages, ...request },
    response: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-sonnet-4-5-20250929",
      content,
      stop_reason: content.length > 0 ? "tool_use" : "end_turn",
      usage: { input_tokens: 10, output_tokens: 5 },
    },
  };
}

Deno.test("Claude Code: a sub-agent of the same process and session, a title and a compaction, told apart", async () => {
  const prompt = "List all files that import the parser.";
  const task = { type: "tool_use", id: "toolu_01TaskTaskTaskTaskTask", name: "Task", input: { prompt } };
  const bash = { type: "tool_use", id: "toolu_01BashBashBashBashBash", name: "Bash", input: { command: "ls" } };
  const user = (content: unknown) => ({ role: "user", content });
  const main = [user("Where is the parser used?")];
  const result = [{ type: "tool_result", tool_use_id: task.id, content: "in a.ts" }];
  const sub = { "x-claude-code-agent-id": "a-7", "x-claude-code-agent-type": "Explore" };
  const kind = (value: string) => ({ "x-claude-code-request-class": value });
  const events = await play([
    claude([user("Where is the parser used?")], [], kind("auxiliary"), {
      system: "Generate a concise, sentence-case title for this session.",
      tools: [],
    }),
    claude(main, [task], kind("main")),
    claude([user(prompt)], [bash], { ...sub, ...kind("subagent") }),
    claude([...main, { role: "assistant", content: [task] }, user(result)], [], kind("main")),
    claude(
      [...main, user("Your task is to create a detailed summary of the conversation so far.")],
      [],
      kind("compaction"),
    ),
  ]);
  assert.deepEqual(only(events, "ai.request").map(({ attrs }) => [attrs?.purpose, attrs?.purpose_rule]), [
    ["title", "instructions"],
    [undefined, undefined],
    [undefined, undefined],
    [undefined, undefined],
    ["summary", "header:x-claude-code-request-class"],
  ]);
  assert.deepEqual(only(events, "ai.response").map(({ attrs }) => attrs?.purpose)[0], "title");
  const agent = { name: "Claude Code", version: "2.1.328", session_id: "s-1" };
  assert.deepEqual(only(events, "agent.tool_call").map(({ data }) => [data.tool.name, data.agent]), [
    ["Task", agent],
    ["Bash", { ...agent, id: "a-7", type: "Explore", parent: "s-1", rule: "header:x-claude-code-agent-id" }],
  ]);
  const [start, end, ...others] = only(events, "agent.session");
  assert.deepEqual([others.length, start?.data.action, end?.data.action], [0, "start", "end"]);
  const { llm_calls: calls, turns, auxiliary_calls: auxiliary, tool_calls: tools } = end?.data.stats ?? {};
  // The title came before the session had begun.
  assert.deepEqual([calls, turns, auxiliary, tools], [4, 1, 1, 2]);
});

Deno.test("Codex: a helper's thread in the body's metadata, an MCP tool in a namespace, no header fields needed", async () => {
  const item = {
    type: "function_call",
    id: "fc_1",
    call_id: "call_0123456789012345678901",
    name: "read_file",
    namespace: "mcp__files__",
    arguments: '{"path":"/a"}',
    status: "completed",
  };
  const metadata = { thread_id: "child", parent_thread_id: "root", agent_name: "scout", turn_id: "t1" };
  const events = await play([{
    url: "https://api.openai.com/v1/responses",
    headers: { originator: "codex_exec", "session-id": "root" },
    request: {
      model: "gpt-5",
      input: "go",
      tools: [{ type: "function", name: "read_file", parameters: {} }],
      client_metadata: { "x-openai-subagent": "collab_spawn", "x-codex-turn-metadata": JSON.stringify(metadata), n: 1 },
    },
    response: { id: "r1", object: "response", status: "completed", model: "gpt-5", output: [item] },
  }]);
  const [call] = only(events, "agent.tool_call");
  assert.deepEqual(call?.data.tool, { name: "read_file", type: "function", kind: "mcp", server: "files" });
  const { id, type, parent, rule, session_id: session } = call?.data.agent ?? {};
  assert.deepEqual([session, id, type, parent, rule], ["root", "child", "scout", "root", "header:x-openai-subagent"]);
});
