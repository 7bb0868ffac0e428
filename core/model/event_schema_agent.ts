import * as v from "valibot";
import { Amount, Count, eventSchema, JsonValue, Redaction, Text } from "./event_schema_common.ts";

const ToolKind = v.picklist([
  "shell",
  "file_read",
  "file_write",
  "file_edit",
  "search",
  "web",
  "task",
  "plan",
  "mcp",
  "other",
]);

/** Hints of an MCP server on its tool; its own words. */
const Annotations = v.strictObject({
  read_only: v.optional(v.boolean()),
  destructive: v.optional(v.boolean()),
  idempotent: v.optional(v.boolean()),
  open_world: v.optional(v.boolean()),
});

const toolEntries = {
  name: v.optional(v.string()),
  type: v.optional(v.string()),
  kind: v.optional(ToolKind),
  server: v.optional(v.string()),
};
const Tool = v.strictObject(toolEntries);

const Agent = v.strictObject({
  name: v.optional(v.string()),
  version: v.optional(v.string()),
  session_id: v.optional(v.string()),
  /** Of a sub-agent: its id and kind as the client names them, the agent it works for, and the rule that recognised it. */
  id: v.optional(v.string()),
  type: v.optional(v.string()),
  parent: v.optional(v.string()),
  rule: v.optional(v.string()),
});

const redactionEntries = {
  messages_redacted: v.optional(v.boolean()),
  redaction: v.optional(Redaction),
};

/** `agent.tool_call`: the model asked for a tool; emitted once. */
export const AgentToolCall = eventSchema(
  "agent.tool_call",
  v.strictObject({
    agent: v.optional(Agent),
    tool: v.strictObject({
      ...toolEntries,
      annotations: v.optional(Annotations),
      /** What the MCP server says of the tool, on the first call after that became known or became another. */
      definition: v.optional(Text),
      /** The server said something else of it before. */
      definition_changed: v.optional(v.boolean()),
    }),
    call_id: v.optional(v.string()),
    parent_call_id: v.optional(v.string()),
    arguments: v.optional(JsonValue),
    arguments_length: v.optional(Count),
    arguments_incomplete: v.optional(v.boolean()),
    related_event_id: v.optional(v.string()),
    ...redactionEntries,
  }),
);

/** `agent.tool_result`: what the tool gave; emitted once although later requests repeat it. */
export const AgentToolResult = eventSchema(
  "agent.tool_result",
  v.strictObject({
    agent: v.optional(Agent),
    tool: v.optional(Tool),
    call_id: v.optional(v.string()),
    success: v.optional(v.boolean()),
    result: v.optional(Text),
    result_length: v.optional(Count),
    duration_ms: v.optional(Amount),
    duration_source: v.optional(v.string()),
    related_event_id: v.optional(v.string()),
    ...redactionEntries,
  }),
);

/** `agent.plan_step`: a step of the agent's plan. */
export const AgentPlanStep = eventSchema(
  "agent.plan_step",
  v.strictObject({
    agent: v.optional(Agent),
    step_index: v.optional(Count),
    step_type: v.optional(v.picklist(["planning", "reasoning", "decision", "reflection", "revision"])),
    status: v.optional(v.string()),
    description: v.optional(Text),
    source: v.optional(v.string()),
    related_event_id: v.optional(v.string()),
    ...redactionEntries,
  }),
);

/** `agent.session`: an agent's session started or ended. */
export const AgentSession = eventSchema(
  "agent.session",
  v.strictObject({
    agent: v.optional(Agent),
    action: v.picklist(["start", "end"]),
    session_id: v.string(),
    duration_ms: v.optional(Amount),
    /** Rule that recognised the session. */
    rule: v.optional(v.string()),
    stats: v.optional(v.strictObject({
      llm_calls: v.optional(Count),
      turns: v.optional(Count),
      auxiliary_calls: v.optional(Count),
      tool_calls: v.optional(Count),
      tool_failures: v.optional(Count),
      tokens_used: v.optional(Count),
      cost_usd: v.optional(Amount),
      calls_without_cost: v.optional(Count),
      calls_without_usage: v.optional(Count),
      commands: v.optional(Count),
      files_read: v.optional(Count),
      files_written: v.optional(Count),
    })),
    ...redactionEntries,
  }),
);
