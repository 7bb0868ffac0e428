import type { Message, ToolCall, ToolResult } from "../../model/model_call.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { addContent } from "./openai_message.ts";
import { toTextToolCall, toToolCall } from "./tool_call_builder.ts";

/** Calls the vendor runs itself: their result is in the same item. The value names the member with the arguments. */
const SERVER_CALLS: Readonly<Record<string, string>> = {
  web_search_call: "action",
  file_search_call: "queries",
  code_interpreter_call: "code",
  image_generation_call: "prompt",
  mcp_call: "arguments",
};

/** Calls with a structured action that the client runs. The value names the member with the arguments. */
const ACTION_CALLS: Readonly<Record<string, string>> = {
  local_shell_call: "action",
  shell_call: "action",
  apply_patch_call: "operation",
  computer_call: "action",
};

/** What an item says besides the tool call it may be. */
export interface ItemFacts {
  call?: ToolCall;
  result?: ToolResult;
}

/** Reads the tool call of an item, and with it the result of a call the vendor ran; empty for other items. */
export function decodeItemCall(item: JsonRecord, isComplete: boolean): ItemFacts {
  const type = asText(item.type) ?? "";
  if (type === "function_call") return { call: toFunctionCall(item, isComplete) };
  if (type === "custom_tool_call") return { call: toCustomCall(item) };
  if (type === "mcp_approval_request") return { call: toMcpCall(item, isComplete) };
  const serverMember = SERVER_CALLS[type];
  if (serverMember !== undefined) return toServerCall(item, type, serverMember, isComplete);
  const actionMember = ACTION_CALLS[type];
  return actionMember === undefined ? {} : { call: toActionCall(item, type, actionMember) };
}

/** Reads the result in an `…_output` item of a request; undefined for other items. */
export function decodeItemResult(item: JsonRecord): ToolResult | undefined {
  if (asText(item.type)?.endsWith("_output") !== true) return undefined;
  const result: ToolResult = {};
  const callId = asFilledText(item.call_id);
  if (callId !== undefined) result.callId = callId;
  const content = readOutput(item.output);
  if (content !== undefined) result.content = content;
  if (item.status === "failed") result.isError = true;
  return result;
}

/** Readable text of a reasoning item: its summary, or its content. */
export function readItemReasoning(item: JsonRecord): string | undefined {
  const parts = [...asList(item.summary), ...asList(item.content)];
  let text: string | undefined;
  for (const entry of parts) {
    const part = asFilledText(asRecord(entry)?.text);
    if (part !== undefined) text = text === undefined ? part : `${text}\n${part}`;
  }
  return text;
}

function readOutput(output: unknown): string | undefined {
  if (typeof output === "string") return output;
  if (!Array.isArray(output)) return output === undefined || output === null ? undefined : JSON.stringify(output);
  const holder: Message = { role: "tool" };
  addContent(holder, output);
  return holder.content;
}

function toFunctionCall(item: JsonRecord, isComplete: boolean): ToolCall {
  const facts = { id: asFilledText(item.call_id), name: asText(item.name) ?? "", type: "function" };
  return toToolCall(facts, asText(item.arguments) ?? "", isComplete);
}

function toCustomCall(item: JsonRecord): ToolCall {
  const facts = { id: asFilledText(item.call_id), name: asText(item.name) ?? "", type: "custom" };
  return toTextToolCall(facts, asText(item.input) ?? "");
}

function toMcpCall(item: JsonRecord, isComplete: boolean): ToolCall {
  const facts = { id: asFilledText(item.id), name: asText(item.name) ?? "", type: "mcp" };
  const call = toToolCall(facts, asText(item.arguments) ?? "", isComplete);
  const server = asFilledText(item.server_label);
  if (server !== undefined) call.server = server;
  return call;
}

function toActionCall(item: JsonRecord, type: string, member: string): ToolCall {
  const call: ToolCall = { name: type.slice(0, -"_call".length), type };
  const id = asFilledText(item.call_id) ?? asFilledText(item.id);
  if (id !== undefined) call.id = id;
  if (item[member] !== undefined) call.arguments = item[member];
  return call;
}

function toServerCall(item: JsonRecord, type: string, member: string, isComplete: boolean): ItemFacts {
  const call: ToolCall = type === "mcp_call" ? toMcpCall(item, isComplete) : toActionCall(item, type, member);
  if (type !== "mcp_call") call.type = "server";
  call.isServerSide = true;
  if (call.arguments === null) delete call.arguments;
  const id = asFilledText(item.id);
  if (id !== undefined) call.id = id;
  if (item.status === "in_progress") return { call };
  const result: ToolResult = { isServerSide: true, name: call.name };
  if (id !== undefined) result.callId = id;
  const output = item.output ?? item.outputs ?? item.results;
  if (output !== undefined && output !== null) result.content = asText(output) ?? JSON.stringify(output);
  const error = item.error;
  if (error !== undefined && error !== null) {
    result.isError = true;
    result.content ??= asText(error) ?? JSON.stringify(error);
  } else if (item.status === "failed") result.isError = true;
  return { call, result };
}
