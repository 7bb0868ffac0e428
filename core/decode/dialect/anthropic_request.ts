import type { ModelRequest, ToolDefinition } from "../../model/model_call.ts";
import { decodeAnthropicMessage } from "./anthropic_content.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { decodeParameters, decodeToolChoice } from "./openai_options.ts";

/** Claude Code's first system block: it changes with each call and is no prompt. */
const BILLING_LINE = "x-anthropic-billing-header:";

/** Reads a Messages body; the model may be elsewhere (path of Vertex and Bedrock). Undefined when it is no such body. */
export function decodeAnthropicRequest(json: JsonRecord, isStreaming: boolean): ModelRequest | undefined {
  if (!Array.isArray(json.messages)) return undefined;
  const request: ModelRequest = {
    requestType: "chat",
    isStreaming,
    messages: [],
    messageCount: 0,
    tools: decodeTools(json.tools, json.mcp_servers),
    parameters: readParameters(json),
  };
  const model = asFilledText(json.model);
  if (model !== undefined) request.model = model;
  const systemParts = readSystem(json.system);
  let count = 0;
  for (const entry of json.messages) {
    const message = asRecord(entry);
    if (message === undefined) continue;
    const decoded = decodeAnthropicMessage(message);
    request.messages.push(decoded);
    if (decoded.role !== "system") count++;
    else if (decoded.content !== undefined) systemParts.push(decoded.content);
  }
  request.messageCount = count;
  if (systemParts.length > 0) request.systemPrompt = systemParts.join("\n");
  const choice = decodeToolChoice(json.tool_choice);
  if (choice !== undefined) request.toolChoice = choice;
  addSessionKeys(request, asFilledText(asRecord(json.metadata)?.user_id));
  return request;
}

/** The form asked for stands in `output_config.format`, or in the older `output_format`. */
function readParameters(json: JsonRecord): Record<string, unknown> {
  const parameters = decodeParameters(json);
  const format = asRecord(asRecord(json.output_config)?.format) ?? asRecord(json.output_format);
  const type = asFilledText(format?.type);
  if (type !== undefined) parameters.response_format ??= type;
  return parameters;
}

function readSystem(system: unknown): string[] {
  if (typeof system === "string") return system === "" ? [] : [system];
  const parts: string[] = [];
  for (const entry of asList(system)) {
    const text = asText(asRecord(entry)?.text);
    if (text !== undefined && !text.startsWith(BILLING_LINE)) parts.push(text);
  }
  return parts;
}

/** Servers whose tools no entry of the list takes up are offered with all their tools. */
function decodeTools(value: unknown, servers: unknown): ToolDefinition[] {
  const tools: ToolDefinition[] = [];
  for (const entry of asList(value)) {
    const json = asRecord(entry);
    if (json === undefined) continue;
    const type = asFilledText(json.type);
    const tool: ToolDefinition = { type: type === undefined || type === "custom" ? "function" : type };
    const name = asFilledText(json.name);
    if (name !== undefined) tool.name = name;
    const description = asFilledText(json.description);
    if (description !== undefined) tool.description = description;
    const server = asFilledText(json.mcp_server_name);
    if (server !== undefined) tool.server = server;
    tools.push(tool);
  }
  for (const entry of asList(servers)) {
    const server = asFilledText(asRecord(entry)?.name);
    if (server !== undefined && !tools.some((tool) => tool.server === server)) tools.push({ type: "mcp", server });
  }
  return tools;
}

/** `metadata.user_id` is an opaque text; Claude Code puts JSON with the session into it. */
function addSessionKeys(request: ModelRequest, userId: string | undefined): void {
  if (userId === undefined) return;
  const sessionId = userId.startsWith("{") ? asFilledText(parseRecord(userId)?.session_id) : undefined;
  request.sessionKeys = sessionId === undefined ? { user_id: userId } : { session_id: sessionId };
}
