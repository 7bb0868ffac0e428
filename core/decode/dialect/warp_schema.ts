/**
 * Field numbers of Warp's multi-agent service, as far as they are read. Keys, files and attachments are in no table.
 *
 * @see https://github.com/warpdotdev/warp-proto-apis apis/multi_agent/v1 (read 2026-11-21)
 */
import { proto, protoList, type ProtoSchema } from "./protobuf.ts";

const EMPTY: ProtoSchema = { fields: {} };
const QUERY: ProtoSchema = { fields: { 1: proto("query", "text") } };
const PROMPT: ProtoSchema = { fields: { 1: proto("prompt", "text") } };

const FINISHED: ProtoSchema = { fields: { 1: proto("output", "text"), 2: proto("exit_code", "integer") } };
const FAILED = proto("error", { fields: { 1: proto("message", "text") } });
const SHELL_RESULT: ProtoSchema = {
  fields: { 1: proto("output", "text"), 2: proto("exit_code", "integer"), 5: proto("command_finished", FINISHED) },
};
const MCP_RESULT: ProtoSchema = {
  fields: {
    1: proto("success", {
      fields: { 1: protoList("results", { fields: { 1: proto("text", { fields: { 1: proto("text", "text") } }) } }) },
    }),
    2: FAILED,
  },
};
const OTHER_RESULT: ProtoSchema = { fields: { 2: FAILED } };

/** What a tool gave. The tools have other numbers among the inputs of a request than in the messages of a task. */
const INPUT_RESULT: ProtoSchema = {
  fields: {
    1: proto("tool_call_id", "text"),
    2: proto("run_shell_command", SHELL_RESULT),
    3: proto("read_files", OTHER_RESULT),
    4: proto("search_codebase", OTHER_RESULT),
    5: proto("apply_file_diffs", OTHER_RESULT),
    8: proto("grep", OTHER_RESULT),
    9: proto("file_glob", OTHER_RESULT),
    12: proto("call_mcp_tool", MCP_RESULT),
    14: proto("file_glob_v2", OTHER_RESULT),
  },
};
const KEPT_RESULT: ProtoSchema = {
  fields: {
    1: proto("tool_call_id", "text"),
    2: proto("run_shell_command", SHELL_RESULT),
    3: proto("search_codebase", OTHER_RESULT),
    5: proto("read_files", OTHER_RESULT),
    6: proto("apply_file_diffs", OTHER_RESULT),
    9: proto("grep", OTHER_RESULT),
    10: proto("file_glob", OTHER_RESULT),
    16: proto("call_mcp_tool", MCP_RESULT),
    19: proto("file_glob_v2", OTHER_RESULT),
  },
};

const EDIT: ProtoSchema = {
  fields: { 1: proto("file_path", "text"), 2: proto("search", "text"), 3: proto("replace", "text") },
};
const NEW_FILE: ProtoSchema = { fields: { 1: proto("file_path", "text"), 2: proto("content", "text") } };
const GLOB: ProtoSchema = { fields: { 1: protoList("patterns", "text"), 2: proto("path", "text") } };

const TOOL_CALL: ProtoSchema = {
  fields: {
    1: proto("tool_call_id", "text"),
    2: proto("run_shell_command", { fields: { 1: proto("command", "text") } }),
    3: proto("search_codebase", {
      fields: { 1: proto("query", "text"), 2: protoList("path_filters", "text"), 3: proto("codebase_path", "text") },
    }),
    4: proto("server", EMPTY),
    5: proto("read_files", { fields: { 1: protoList("files", { fields: { 1: proto("name", "text") } }) } }),
    6: proto("apply_file_diffs", {
      fields: {
        1: proto("summary", "text"),
        2: protoList("diffs", EDIT),
        3: protoList("new_files", NEW_FILE),
        4: protoList("deleted_files", { fields: { 1: proto("file_path", "text") } }),
      },
    }),
    7: proto("suggest_plan", EMPTY),
    8: proto("suggest_create_plan", EMPTY),
    9: proto("grep", { fields: { 1: protoList("queries", "text"), 2: proto("path", "text") } }),
    10: proto("file_glob", GLOB),
    11: proto("read_mcp_resource", { fields: { 1: proto("uri", "text"), 2: proto("server_id", "text") } }),
    12: proto("call_mcp_tool", {
      fields: { 1: proto("name", "text"), 2: proto("args", "struct"), 3: proto("server_id", "text") },
    }),
    13: proto("write_to_long_running_shell_command", {
      fields: { 1: proto("input", "text"), 3: proto("command_id", "text") },
    }),
    15: proto("file_glob_v2", { fields: { 1: protoList("patterns", "text"), 2: proto("search_dir", "text") } }),
    19: proto("subagent", EMPTY),
    20: proto("read_documents", EMPTY),
    21: proto("edit_documents", EMPTY),
    22: proto("create_documents", EMPTY),
    23: proto("read_shell_command_output", { fields: { 1: proto("command_id", "text") } }),
    24: proto("use_computer", EMPTY),
    26: proto("read_skill", { fields: { 1: proto("skill_path", "text"), 3: proto("name", "text") } }),
  },
};

const MESSAGE: ProtoSchema = {
  fields: {
    1: proto("id", "text"),
    2: proto("user_query", QUERY),
    3: proto("agent_output", { fields: { 1: proto("text", "text") } }),
    4: proto("tool_call", TOOL_CALL),
    5: proto("tool_call_result", KEPT_RESULT),
    15: proto("agent_reasoning", { fields: { 1: proto("reasoning", "text") } }),
    25: proto("model_used", { fields: { 1: proto("model_id", "text") } }),
  },
};
const TASK: ProtoSchema = { fields: { 5: protoList("messages", MESSAGE) } };

const USER_INPUT: ProtoSchema = {
  fields: {
    1: proto("user_query", QUERY),
    2: proto("tool_call_result", INPUT_RESULT),
    3: proto("cli_agent_user_query", { fields: { 1: proto("user_query", QUERY) } }),
  },
};
const MCP_TOOLS = (number: number) => ({
  [number]: protoList("tools", { fields: { 1: proto("name", "text"), 2: proto("description", "text") } }),
});

/** What is asked. */
export const WARP_REQUEST: ProtoSchema = {
  fields: {
    1: proto("task_context", { fields: { 1: protoList("tasks", TASK) } }),
    2: proto("input", {
      fields: {
        2: proto("user_query", QUERY),
        3: proto("tool_call_result", INPUT_RESULT),
        4: proto("query_with_canned_response", QUERY),
        5: proto("auto_code_diff_query", QUERY),
        6: proto("user_inputs", { fields: { 1: protoList("inputs", USER_INPUT) } }),
        10: proto("create_new_project", QUERY),
        13: proto("summarize_conversation", PROMPT),
      },
    }),
    3: proto("settings", { fields: { 1: proto("model_config", { fields: { 1: proto("base", "text") } }) } }),
    4: proto("metadata", { fields: { 1: proto("conversation_id", "text") } }),
    6: proto("mcp_context", {
      fields: { ...MCP_TOOLS(2), 3: protoList("servers", { fields: { 1: proto("name", "text"), ...MCP_TOOLS(4) } }) },
    }),
  },
};

const TOKENS: ProtoSchema = {
  fields: {
    1: proto("model_id", "text"),
    2: proto("total_input", "integer"),
    3: proto("output", "integer"),
    4: proto("input_cache_read", "integer"),
    5: proto("input_cache_write", "integer"),
  },
};
const CHANGE: ProtoSchema = { fields: { 1: proto("message", MESSAGE) } };

/** One event of the answer. */
export const WARP_EVENT: ProtoSchema = {
  fields: {
    1: proto("init", { fields: { 1: proto("conversation_id", "text"), 2: proto("request_id", "text") } }),
    2: proto("client_actions", {
      fields: {
        1: protoList("actions", {
          fields: {
            1: proto("create_task", { fields: { 1: proto("task", TASK) } }),
            3: proto("add_messages_to_task", { fields: { 2: protoList("messages", MESSAGE) } }),
            4: proto("update_task_message", CHANGE),
            5: proto("append_to_message_content", CHANGE),
          },
        }),
      },
    }),
    3: proto("finished", {
      fields: {
        1: proto("other", EMPTY),
        2: proto("done", EMPTY),
        3: proto("max_token_limit", EMPTY),
        4: proto("quota_limit", EMPTY),
        5: proto("context_window_exceeded", EMPTY),
        6: proto("llm_unavailable", EMPTY),
        7: proto("internal_error", { fields: { 1: proto("message", "text") } }),
        8: protoList("token_usage", TOKENS),
        12: proto("invalid_api_key", EMPTY),
      },
    }),
  },
};
