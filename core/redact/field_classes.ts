/**
 * What each field of each event holds. One table, read by every mode. A field that is not in it is treated as a JSON value of
 * free text, so that a field somebody adds is hidden until it is listed here.
 */
import type { EventType } from "../model/oisp_event.ts";

/**
 * `own`: made by this program, never from captured bytes; left as it is. `word`: a name, id, path or address; scanned, stays a
 * text. `text`: free text. `json`: a JSON value whose texts are free. `command`: arguments of a command, scanned together.
 * `content`: a message. `thought`: a model's reasoning. `delta`: a piece of a streamed message. `fragment`: a piece of streamed tool arguments.
 * `system_prompt`: the instructions of a conversation.
 */
export type FieldClass =
  | "own"
  | "word"
  | "text"
  | "json"
  | "command"
  | "content"
  | "thought"
  | "delta"
  | "fragment"
  | "system_prompt";

/** Classes by field name; for an array they hold for its elements. */
export interface FieldTable {
  readonly [field: string]: FieldClass | FieldTable;
}

const TOOL_CALLS: FieldTable = { id: "word", name: "word", type: "word", arguments: "json" };

const MESSAGE: FieldTable = {
  role: "word",
  content: "content",
  content_hash: "own",
  reasoning: "thought",
  name: "word",
  tool_call_id: "word",
  tool_calls: TOOL_CALLS,
};

const PROVIDER: FieldTable = { id: "word", name: "word", endpoint: "word", region: "word" };
const MODEL: FieldTable = { id: "word", family: "word", requested_id: "word" };
const TOOL: FieldTable = { name: "word", type: "word", kind: "own", server: "word", definition: "json" };
const AGENT: FieldTable = {
  name: "word",
  version: "word",
  session_id: "word",
  id: "word",
  type: "word",
  parent: "word",
  rule: "own",
};
const ERROR: FieldTable = { type: "word", code: "word", message: "text" };
const AUTH: FieldTable = { type: "word", key_prefix: "own" };
const COST: FieldTable = { source: "own", price_date: "own" };
const ADDRESS: FieldTable = { ip: "word", hostname: "word" };

const REDACTION: FieldTable = { redaction: "own" };

const CALL: FieldTable = {
  ...REDACTION,
  provider: PROVIDER,
  model: MODEL,
  request_type: "own",
  conversation_id: "word",
  tls_info: { library: "word", remote_ip: "word" },
};

const FILE: FieldTable = { ...REDACTION, path: "word", flags: "own" };

/** Classes of the fields that all events have. `data` is walked by its own table and only passed on here. */
export const ENVELOPE: FieldTable = {
  data: "own",
  oisp_version: "own",
  event_id: "own",
  event_type: "own",
  timestamp: "own",
  host: { hostname: "own", os: "own", os_version: "own", kernel_version: "own", arch: "own", device_id: "own" },
  actor: { username: "word", session_id: "word" },
  process: { name: "word", exe: "word", cmdline: "command", cwd: "word" },
  app: { id: "own", name: "own", tier: "own", category: "own", vendor: "own", version: "word" },
  web: { origin: "word", referer: "word", web_app_id: "own", web_app_name: "own", web_app_type: "own" },
  source: "own",
  confidence: { level: "own", completeness: "own", missing: "own", reasons: "word" },
  trace_context: { trace_id: "word", span_id: "word" },
  related_events: "own",
  attrs: "json",
};

const DATA: Readonly<Record<EventType, FieldTable>> = {
  "ai.request": {
    ...CALL,
    messages: MESSAGE,
    system_prompt: "system_prompt",
    system_prompt_hash: "own",
    tools: TOOL,
    tool_choice: "word",
    parameters: "json",
    token_estimate: { method: "own" },
    auth: AUTH,
    previous_response_id: "word",
  },
  "ai.response": {
    ...CALL,
    request_id: "word",
    related_event_id: "own",
    error: ERROR,
    choices: { finish_reason: "own", raw_finish_reason: "word", message: MESSAGE },
    cost: COST,
    finish_reason: "own",
    rate_limit: "json",
    service_tier: "word",
  },
  "ai.streaming_chunk": {
    ...REDACTION,
    provider: PROVIDER,
    model: MODEL,
    related_event_id: "own",
    finish_reason: "own",
    delta: { role: "word", content: "delta", tool_calls: { ...TOOL_CALLS, arguments: "fragment" } },
  },
  "ai.embedding": {
    ...CALL,
    request_id: "word",
    error: ERROR,
    parameters: "json",
    cost: COST,
    auth: AUTH,
    rate_limit: "json",
  },
  "agent.tool_call": {
    ...REDACTION,
    agent: AGENT,
    tool: TOOL,
    call_id: "word",
    parent_call_id: "word",
    arguments: "json",
    related_event_id: "own",
  },
  "agent.tool_result": {
    ...REDACTION,
    agent: AGENT,
    tool: TOOL,
    call_id: "word",
    result: "json",
    duration_source: "own",
    related_event_id: "own",
  },
  "agent.plan_step": {
    ...REDACTION,
    agent: AGENT,
    step_type: "own",
    status: "word",
    description: "json",
    source: "own",
    related_event_id: "own",
  },
  "agent.session": { ...REDACTION, agent: AGENT, action: "own", session_id: "word", rule: "own" },
  "process.exec": { ...REDACTION, exe: "word", args: "command", cwd: "word", env: "json" },
  "process.exit": REDACTION,
  "process.fork": REDACTION,
  "file.open": FILE,
  "file.read": FILE,
  "file.write": FILE,
  "file.close": FILE,
  "network.connect": { ...REDACTION, local: ADDRESS, remote: ADDRESS, protocol: "own" },
  "network.dns": { ...REDACTION, query: "word", query_type: "own", answers: "word" },
  "sensor.loss": { ...REDACTION, reason: "own", detail: "text" },
  "sensor.coverage": {
    ...REDACTION,
    reason: "own",
    exe: "word",
    library: "word",
    host: "word",
    detail: "text",
    fix: "word",
    facts: "json",
  },
};

const NOTHING_KNOWN: FieldTable = {};
const TABLES = new Map<string, FieldTable>(Object.entries(DATA));

/** Gives the classes of the fields of `data` of an event type; of an unknown type all of it is free text. */
export function findDataTable(eventType: string): FieldTable {
  return TABLES.get(eventType) ?? NOTHING_KNOWN;
}
