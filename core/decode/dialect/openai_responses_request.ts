import type { Message, ModelRequest, ToolDefinition } from "../../model/model_call.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { addContent, isSystemRole } from "./openai_message.ts";
import { decodeParameters, decodeToolChoice } from "./openai_options.ts";
import { decodeItemCall, decodeItemOutput, readItemReasoning } from "./openai_responses_item.ts";

/** Reads a Responses body (also the `response.create` frame of its WebSocket); undefined when it is none. */
export function decodeResponsesRequest(json: JsonRecord): ModelRequest | undefined {
  if (json.input === undefined && json.prompt === undefined && json.instructions === undefined) return undefined;
  const request: ModelRequest = {
    requestType: "chat",
    isStreaming: json.stream === true,
    messages: [],
    tools: [],
    parameters: decodeParameters(json),
  };
  const model = asFilledText(json.model);
  if (model !== undefined) request.model = model;
  addTools(request.tools, json.tools);
  const systemParts: string[] = [];
  const instructions = asFilledText(json.instructions);
  if (instructions !== undefined) systemParts.push(instructions);
  addInput(request, json.input, systemParts);
  if (systemParts.length > 0) request.systemPrompt = systemParts.join("\n");
  const choice = decodeToolChoice(json.tool_choice);
  if (choice !== undefined) request.toolChoice = choice;
  addState(request, json);
  return request;
}

function addInput(request: ModelRequest, input: unknown, systemParts: string[]): void {
  if (typeof input === "string") {
    request.messages.push({ role: "user", content: input });
    request.messageCount = 1;
    return;
  }
  if (!Array.isArray(input)) return;
  let count = 0;
  for (const entry of input) {
    const item = asRecord(entry);
    if (item === undefined) continue;
    if (item.type === "additional_tools") {
      addTools(request.tools, item.tools);
      continue;
    }
    const message = toMessage(item);
    if (message !== undefined) request.messages.push(message);
    if (message === undefined || !isSystemRole(message.role)) count++;
    else if (message.content !== undefined) systemParts.push(message.content);
  }
  request.messageCount = count;
}

/** An input item as a message; undefined for items without anything to show (references, encrypted state). */
function toMessage(item: JsonRecord): Message | undefined {
  const type = asText(item.type);
  if (type === undefined || type === "message") {
    const message: Message = { role: asFilledText(item.role) ?? "user" };
    addContent(message, item.content);
    return message;
  }
  const output = decodeItemOutput(item);
  if (output !== undefined) return output;
  if (type === "reasoning") {
    const reasoning = readItemReasoning(item);
    return reasoning === undefined ? undefined : { role: "assistant", reasoning };
  }
  const facts = decodeItemCall(item, true);
  if (facts.call === undefined) return undefined;
  return {
    role: "assistant",
    toolCalls: [facts.call],
    ...(facts.result !== undefined && { toolResults: [facts.result] }),
  };
}

/** Tools are flat; a namespace holds tools of its own. */
function addTools(tools: ToolDefinition[], value: unknown): void {
  for (const entry of asList(value)) {
    const json = asRecord(entry);
    if (json === undefined || tools.length >= 4_096) continue;
    const type = asFilledText(json.type) ?? "function";
    if (type === "namespace") {
      addTools(tools, json.tools);
      continue;
    }
    const tool: ToolDefinition = { type };
    const name = asFilledText(json.name);
    if (name !== undefined) tool.name = name;
    const description = asFilledText(json.description);
    if (description !== undefined) tool.description = description;
    const server = asFilledText(json.server_label);
    if (server !== undefined) tool.server = server;
    tools.push(tool);
  }
}

function addState(request: ModelRequest, json: JsonRecord): void {
  const previous = asFilledText(json.previous_response_id);
  if (previous !== undefined) request.previousResponseId = previous;
  const conversation = asFilledText(json.conversation) ?? asFilledText(asRecord(json.conversation)?.id);
  if (previous !== undefined || conversation !== undefined) request.isDelta = true;
  const metadata = readClientMetadata(json.client_metadata);
  if (metadata !== undefined) request.clientMetadata = metadata;
  const cacheKey = asFilledText(json.prompt_cache_key);
  if (conversation === undefined && cacheKey === undefined) return;
  request.sessionKeys = {
    ...(conversation !== undefined && { conversation }),
    ...(cacheKey !== undefined && { prompt_cache_key: cacheKey }),
  };
}

const MOST_METADATA = 32;
const LONGEST_METADATA = 4_096;

/** What Codex says of itself: the same as its headers, which a WebSocket sends only once. */
function readClientMetadata(value: unknown): Record<string, string> | undefined {
  const entries = Object.entries(asRecord(value) ?? {}).slice(0, MOST_METADATA).filter((
    entry,
  ): entry is [string, string] => typeof entry[1] === "string" && entry[1].length <= LONGEST_METADATA);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
