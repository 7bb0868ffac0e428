import type { EventOf } from "../model/oisp_event.ts";

/** Published `tool.kind`. */
export type ToolKind = NonNullable<EventOf<"agent.tool_call">["data"]["tool"]["kind"]>;

/** Names that agents give their built-in tools, by kind. Compared without case. */
const NAMES_BY_KIND: Readonly<Record<Exclude<ToolKind, "mcp" | "other">, readonly string[]>> = {
  shell: [
    "bash",
    "shell",
    "exec",
    "exec_command",
    "run_shell_command",
    "local_shell",
    "local_shell_call",
    "shell_call",
    "run_terminal_cmd",
    "execute_command",
    "run_command",
    "terminal",
    "shell_command",
    "run_in_terminal",
    "container.exec",
  ],
  file_read: ["read", "read_file", "view", "cat", "read_many_files", "notebookread", "view_file"],
  file_write: ["write", "write_file", "create_file", "write_to_file"],
  file_edit: [
    "edit",
    "multiedit",
    "replace",
    "apply_patch",
    "apply_patch_call",
    "str_replace_editor",
    "str_replace_based_edit_tool",
    "edit_file",
    "replace_in_file",
    "replace_string_in_file",
    "insert_edit_into_file",
    "search_replace",
    "notebookedit",
  ],
  search: [
    "grep",
    "glob",
    "search_files",
    "codebase_search",
    "file_search",
    "file_search_call",
    "search_file_content",
    "grep_search",
    "list_directory",
    "list_dir",
    "list_files",
    "ls",
  ],
  web: ["webfetch", "websearch", "web_fetch", "web_search", "web_search_call", "google_web_search"],
  task: ["agent", "task", "spawn_agent", "new_task"],
  plan: [
    "todowrite",
    "todo_write",
    "update_plan",
    "write_todos",
    "manage_todo_list",
    "taskcreate",
    "taskupdate",
    "exitplanmode",
    "exit_plan_mode",
  ],
};

const KIND_BY_NAME: ReadonlyMap<string, ToolKind> = new Map(
  Object.entries(NAMES_BY_KIND).flatMap(([kind, names]) => names.map((name) => [name, kind as ToolKind] as const)),
);

/** What a tool's name tells: its kind, and for MCP tools the server it belongs to. */
export interface ToolNameFacts {
  readonly kind: ToolKind;
  readonly server?: string;
}

/** Names before a dot that are no server's: what a vendor calls the tools of the request, and tools of its own. */
const OWN_NAMESPACES: ReadonlySet<string> = new Set([
  "browser",
  "clock",
  "collaboration",
  "computer",
  "container",
  "default_api",
  "functions",
  "multi_tool_use",
  "python",
  "tools",
  "web",
]);

/**
 * Gives a tool's kind by its name (`mcp__server__tool` and `server.tool` name an MCP tool). Names in no list are `other`: nothing is
 * guessed from parts of a name.
 */
export function findToolKind(name: string, type?: string, server?: string): ToolNameFacts {
  const mcp = /^mcp__([^_](?:.*?[^_])?)__.+$/.exec(name);
  if (mcp?.[1] !== undefined) return { kind: "mcp", server: mcp[1] };
  if (server !== undefined || type === "mcp") return { kind: "mcp", ...(server !== undefined && { server }) };
  const known = KIND_BY_NAME.get(name.toLowerCase());
  if (known !== undefined) return { kind: known };
  const [, space, own = ""] = /^([A-Za-z][\w-]*)\.([A-Za-z][\w-]*)$/.exec(name) ?? [];
  if (space === undefined) return { kind: "other" };
  return OWN_NAMESPACES.has(space)
    ? { kind: KIND_BY_NAME.get(own.toLowerCase()) ?? "other" }
    : { kind: "mcp", server: space };
}
