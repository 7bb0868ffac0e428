/**
 * JetBrains AI: messages by type and settings as a list of keys and values in, events of one kind each out. Vectors come as CBOR and
 * are not read.
 *
 * @see https://pypi.org/project/grazie-api-gateway-client (the vendor's client; read 2026-11-21)
 */
import type { Message, ModelRequest, RequestType, ToolDefinition } from "../../model/model_call.ts";
import type { Dialect, RequestHead, RequestView } from "./dialect.ts";
import { createJetbrainsReader } from "./jetbrains_reader.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord, parseJson } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { toToolCall } from "./tool_call_builder.ts";
import { toWordTable } from "./word_table.ts";

const PATH = /\/v5\/(?:llm\/(chat|complete)\/stream\/v\d+|(task)\/stream\/v\d+\/[^/]+|llm\/(embedding)\/v\d+)$/;

const TYPES: Readonly<Record<string, RequestType>> = { chat: "chat", complete: "completion", embedding: "embedding" };

const ROLES = toWordTable<string>({
  system_message: "system",
  user_message: "user",
  assistant_message: "assistant",
  assistant_message_tool: "assistant",
  tool_message: "tool",
  function_message: "tool",
});

/** Settings under their common names. */
const SETTINGS: Readonly<Record<string, string>> = {
  "llm.parameters.temperature": "temperature",
  "llm.parameters.top-p": "top_p",
  "llm.parameters.top-k": "top_k",
  "llm.parameters.length": "max_tokens",
  "llm.parameters.stop-token": "stop",
  "llm.parameters.seed": "seed",
  "llm.parameters.number-of-choices": "n",
  "llm.parameters.reasoning-effort": "reasoning_effort",
  "llm.parameters.dimension": "dimensions",
};

/** JetBrains AI. */
export const jetbrains: Dialect = {
  id: "jetbrains",
  summary: "JetBrains AI: chat, completions and tasks",
  stability: "experimental",
  docsUrl: "https://pypi.org/project/grazie-api-gateway-client",
  matchHead: (head) => (head.method === "POST" && PATH.test(head.path) ? 0.9 : 0),
  matchBody: (json) =>
    typeof json["profile"] === "string" && Array.isArray(asRecord(json["chat"])?.["messages"]) ? 0.85 : 0,
  matchAnswer: (json) => (json?.["event_type"] === "data" && typeof json["type"] === "string" ? 0.8 : 0),
  requestType,
  decodeRequest,
  createReader: createJetbrainsReader,
};

function requestType(head: RequestHead): RequestType {
  const [, llm, , embedding] = PATH.exec(head.path) ?? [];
  return TYPES[llm ?? embedding ?? ""] ?? "chat";
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const settings = readSettings(json);
  const type = requestType(view);
  const messages = readMessages(json);
  const systems = messages.filter(({ role }) => role === "system").flatMap(({ content }) => content ?? []);
  const inputs = json["texts"];
  return compact<ModelRequest>({
    requestType: type,
    model: asFilledText(json["profile"]),
    isStreaming: type !== "embedding",
    messages,
    messageCount: type === "chat" ? messages.filter(({ role }) => role !== "system").length : undefined,
    systemPrompt: systems.length === 0 ? undefined : systems.join("\n"),
    tools: readTools(settings.get("llm.parameters.tools")),
    toolChoice: readToolChoice(settings),
    parameters: compact<Record<string, unknown>>(
      Object.fromEntries(Object.entries(SETTINGS).map(([name, published]) => [published, settings.get(name)])),
    ),
    inputCount: Array.isArray(inputs) ? inputs.length : undefined,
  });
}

function readMessages(json: JsonRecord): Message[] {
  const list = asRecord(json["chat"])?.["messages"];
  if (Array.isArray(list)) return asRecords(list).map(readMessage);
  const prefix = asText(json["prefix"]);
  return prefix === undefined ? [] : [{ role: "user", content: prefix }];
}

function readMessage(json: JsonRecord): Message {
  const type = asText(json["type"]) ?? "user_message";
  const message: Message = { role: ROLES[type] ?? type };
  const content = asText(json["content"]);
  const name = asFilledText(json["toolName"]);
  const id = asFilledText(json["id"]);
  if (type === "assistant_message_tool") {
    message.toolCalls = [toToolCall({ id, name: name ?? "", type: "function" }, content ?? "", true)];
  } else if (type === "tool_message") {
    message.toolResults = [compact({ callId: id, name, content: asText(json["result"]) })];
  } else if (type === "function_message") {
    message.toolResults = [compact({ name: asFilledText(json["functionName"]), content })];
  } else if (content !== undefined) message.content = content;
  const called = asRecord(json["functionCall"]);
  if (called !== undefined) {
    const facts = { id: undefined, name: asText(called["functionName"]) ?? "", type: "function" };
    message.toolCalls = [toToolCall(facts, asText(called["content"]) ?? "", true)];
  }
  return message;
}

/** Keys and values follow each other in one list. */
function readSettings(json: JsonRecord): ReadonlyMap<string, unknown> {
  const data = asList(asRecord(json["parameters"])?.["data"]);
  const settings = new Map<string, unknown>();
  for (let i = 0; i + 1 < data.length; i += 2) {
    const name = asFilledText(asRecord(data[i])?.["fqdn"]);
    if (name !== undefined) settings.set(name, asRecord(data[i + 1])?.["value"]);
  }
  return settings;
}

/** Tools are JSON inside a text. */
function readTools(value: unknown): ToolDefinition[] {
  return asRecords(parseJson(asText(value) ?? "")).map((tool) =>
    compact<ToolDefinition>({
      name: asFilledText(tool["name"]),
      type: "function",
      description: asText(tool["description"]),
    })
  );
}

function readToolChoice(settings: ReadonlyMap<string, unknown>): string | undefined {
  const named = asFilledText(settings.get("llm.parameters.tool-choice-named"));
  return named ??
    ["auto", "none", "required"].find((word) => settings.get(`llm.parameters.tool-choice-${word}`) === true);
}
