import assert from "node:assert/strict";
import { findToolKind } from "./tool_kind.ts";

const KINDS: Readonly<Record<string, readonly string[]>> = {
  shell: ["Bash", "bash", "shell", "exec", "exec_command", "run_shell_command", "local_shell", "run_terminal_cmd"],
  file_read: ["Read", "read", "read_file", "view"],
  file_write: ["Write", "write", "write_file", "create_file", "write_to_file"],
  file_edit: ["Edit", "MultiEdit", "replace", "apply_patch", "str_replace_editor", "edit_file", "replace_in_file"],
  search: ["Grep", "Glob", "grep", "glob", "search_files", "codebase_search"],
  web: ["WebFetch", "WebSearch", "webfetch", "web_fetch", "google_web_search"],
  task: ["Agent", "Task", "task", "spawn_agent", "new_task"],
  plan: ["TodoWrite", "todowrite", "update_plan", "write_todos", "TaskCreate", "TaskUpdate", "ExitPlanMode"],
  other: ["frobnicate", "bash_history", "", "a.b.c", "web.run", "functions.frob"],
};

Deno.test("a built-in tool's kind is told by its whole name", () => {
  for (const [kind, names] of Object.entries(KINDS)) {
    for (const name of names) assert.deepEqual(findToolKind(name), { kind }, name);
  }
});

Deno.test("an MCP tool is told by its prefix, its server, or the server's name before a dot", () => {
  assert.deepEqual(findToolKind("mcp__git_hub__list_issues"), { kind: "mcp", server: "git_hub" });
  assert.deepEqual(findToolKind("github.list_issues"), { kind: "mcp", server: "github" });
  assert.deepEqual(findToolKind("read", "mcp", "files"), { kind: "mcp", server: "files" });
  assert.deepEqual(findToolKind("read", "mcp"), { kind: "mcp" });
});

Deno.test("a namespace of the vendor's own is no server", () => {
  assert.deepEqual(findToolKind("functions.exec_command"), { kind: "shell" });
  assert.deepEqual(findToolKind("collaboration.spawn_agent"), { kind: "task" });
  assert.deepEqual(findToolKind("container.exec"), { kind: "shell" });
});
