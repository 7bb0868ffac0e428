import type { Message, ToolCall, ToolResult } from "../../model/model_call.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { addContent } from "./openai_message.ts";
import { toTextToolCall, toToolCall } from "./tool_call_builder.ts";
import { toWordTable } from "./word_table.ts";

/** Members with the arguments of the calls that have one of their own; all others have `arguments`. */
const ARGUMENT_MEMBERS = toWordTable<string>({
  web_search_call: "action",
  file_search_call: "queries",
  code_interpreter_call: "code",
  image_generation_call: "revised_prompt",
  local_shell_call: "action",
  shell_call: "action",
  apply_patch_call: "operation",
  computer_call: "action",
});

/** Calls whose results are items of their own, wherever they run. */
const RESULT_APART: ReadonlySet<string> = new Set(["tool_search_call", "shell_call", "apply_patch_call"]);

/** Items that are a call of the vendor and its result at once, and name neither (Perplexity): tool, arguments, result. */
const SEARCHES: Readonly<Record<string, readonly [tool: string, given: string, found: string]>> = {
  search_results: ["web_search", "queries", "results"],
  fetch_url_results: ["fetch_url", "urls", "contents"],
};

/** Tools of an MCP server stand in a namespace of their own; other namespaces are the client's. */
const MCP_NAMESPACE = /^mcp__(.+?)(?:__)?$/;

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
  if (type === "program") return { call: toProgram(item) };
  if (type.endsWith("_call")) return toOwnCall(item, type, isComplete);
  const search = SEARCHES[type];
  return search === undefined ? {} : toSearch(item, search);
}

/** Reads an `…_output` item as the message it is: its result, and how many images and files came with it. Undefined for other items. */
export function decodeItemOutput(item: JsonRecord): Message & { toolResults: ToolResult[] } | undefined {
  const type = asText(item.type);
  if (type?.endsWith("_output") !== true) return undefined;
  const result: ToolResult = {};
  const message: Message & { toolResults: ToolResult[] } = { role: "tool", toolResults: [result] };
  readOutput(message, item.output ?? item.result ?? item.tools);
  const callId = asFilledText(item.call_id);
  if (callId !== undefined) result.callId = callId;
  else result.name = type.slice(0, -"_output".length);
  if (message.content !== undefined) result.content = message.content;
  if (item.status === "failed") result.isError = true;
  return message;
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

function readOutput(message: Message, output: unknown): void {
  if (typeof output === "string" || isPartList(output)) addContent(message, output);
  else if (asRecord(output)?.type === "computer_screenshot") message.imageCount = 1;
  else if (output !== undefined && output !== null) message.content = JSON.stringify(output);
}

/** Parts of a message have the types of input; what a shell wrote is a list of plain objects. */
function isPartList(output: unknown): boolean {
  return Array.isArray(output) && output.every((part) => asText(asRecord(part)?.type)?.startsWith("input_"));
}

function toFunctionCall(item: JsonRecord, isComplete: boolean): ToolCall {
  const facts = { id: asFilledText(item.call_id), name: asText(item.name) ?? "", type: "function" };
  const call = toToolCall(facts, asText(item.arguments) ?? "", isComplete);
  const server = MCP_NAMESPACE.exec(asText(item.namespace) ?? "")?.[1];
  if (server !== undefined) call.server = server;
  return call;
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

/** A program that the vendor runs; the calls it makes are items of their own. */
function toProgram(item: JsonRecord): ToolCall {
  const facts = { id: asFilledText(item.call_id), name: "program", type: "server" };
  return { ...toTextToolCall(facts, asText(item.code) ?? ""), isServerSide: true };
}

function toSearch(item: JsonRecord, [name, given, found]: readonly [string, string, string]): ItemFacts {
  const call: ToolCall = { name, type: "server", isServerSide: true };
  if (item[given] !== undefined) call.arguments = { [given]: item[given] };
  const result: ToolResult = { isServerSide: true, name };
  if (item[found] !== undefined) result.content = JSON.stringify(item[found]);
  return { call, result };
}

/** A call whose tool has an item type of its own. */
function toOwnCall(item: JsonRecord, type: string, isComplete: boolean): ItemFacts {
  const isServerSide = isRunByVendor(item, type);
  const call = type === "mcp_call" ? toMcpCall(item, isComplete) : toNamedCall(item, type, isComplete);
  const isApart = RESULT_APART.has(type);
  const id = (isServerSide && !isApart ? asFilledText(item.id) : undefined) ?? asFilledText(item.call_id) ??
    asFilledText(item.id);
  if (id !== undefined) call.id = id;
  if (!isServerSide) return { call };
  if (type !== "mcp_call") call.type = "server";
  call.isServerSide = true;
  return isApart || item.status === "in_progress" ? { call } : { call, result: toOwnResult(item, call) };
}

/** Nobody but the vendor has to answer a call that has no call id; tools that run on either side say where. */
function isRunByVendor(item: JsonRecord, type: string): boolean {
  if (type === "tool_search_call") return item.execution !== "client";
  if (asText(asRecord(item.environment)?.type)?.startsWith("container") === true) return true;
  return type === "mcp_call" || asFilledText(item.call_id) === undefined;
}

function toNamedCall(item: JsonRecord, type: string, isComplete: boolean): ToolCall {
  const facts = { id: undefined, name: asFilledText(item.name) ?? type.slice(0, -"_call".length), type };
  const own = item[ARGUMENT_MEMBERS[type] ?? ""] ?? undefined;
  const given = own ?? item.arguments;
  // What it began with holds the place of what was to come.
  if (own !== undefined && !isComplete && item.status === "in_progress") {
    return { name: facts.name, type, argumentsIncomplete: true };
  }
  if (own === undefined && typeof given === "string") return toToolCall(facts, given, isComplete);
  const call: ToolCall = { name: facts.name, type };
  if (given !== undefined && given !== null) call.arguments = given;
  return call;
}

function toOwnResult(item: JsonRecord, call: ToolCall): ToolResult {
  const result: ToolResult = { isServerSide: true, name: call.name };
  if (call.id !== undefined) result.callId = call.id;
  const output = item.output ?? item.outputs ?? item.results;
  if (output !== undefined && output !== null) result.content = asText(output) ?? JSON.stringify(output);
  const error = item.error;
  if (error !== undefined && error !== null) {
    result.isError = true;
    result.content ??= asText(error) ?? JSON.stringify(error);
  } else if (item.status === "failed") result.isError = true;
  return result;
}
