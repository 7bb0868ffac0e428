import type { Message, ToolCall } from "../../model/model_call.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { toTextToolCall, toToolCall } from "./tool_call_builder.ts";

/** Roles whose text is system text. */
export function isSystemRole(role: string): boolean {
  return role === "system" || role === "developer";
}

/** Reads `messages[]` of a request; entries that are no objects are left out. */
export function decodeOpenAiMessages(list: readonly unknown[]): Message[] {
  const messages: Message[] = [];
  for (const entry of list) {
    const json = asRecord(entry);
    if (json !== undefined) messages.push(decodeOpenAiMessage(json, "user"));
  }
  return messages;
}

/** Reads one message of a request or of an answer. */
export function decodeOpenAiMessage(json: JsonRecord, defaultRole: string): Message {
  const message: Message = { role: asFilledText(json.role) ?? defaultRole };
  addContent(message, json.content);
  const refusal = asFilledText(json.refusal);
  if (refusal !== undefined && message.content === undefined) message.content = refusal;
  const reasoning = readReasoning(json);
  if (reasoning !== undefined) message.reasoning = message.reasoning ?? reasoning;
  const name = asFilledText(json.name);
  if (name !== undefined) message.name = name;
  const calls = decodeCalls(json);
  if (calls.length > 0) message.toolCalls = calls;
  if (message.role === "tool" || message.role === "function") addResult(message, json);
  addAudio(message, asRecord(json.audio));
  // Pictures a model made, as gateways carry them beside the content.
  const imageCount = asList(json.images).length;
  if (imageCount > 0) message.imageCount = (message.imageCount ?? 0) + imageCount;
  return message;
}

/**
 * Reads readable reasoning of a message or delta: `reasoning` (Groq, OpenRouter, Together), `reasoning_content` (DeepSeek, z.ai,
 * xAI, vLLM, Moonshot), or the texts of `reasoning_details[]`.
 */
export function readReasoning(json: JsonRecord): string | undefined {
  const text = asFilledText(json.reasoning_content) ?? asFilledText(json.reasoning);
  if (text !== undefined || json.reasoning_details === undefined) return text;
  let joined = "";
  for (const entry of asList(json.reasoning_details)) {
    const detail = asRecord(entry);
    joined += asText(detail?.text) ?? asText(detail?.summary) ?? "";
  }
  return joined === "" ? undefined : joined;
}

/** Adds the content of a message: text, or a list of parts. Text parts are joined by a line feed, others counted. */
export function addContent(message: Message, content: unknown): void {
  if (typeof content === "string") {
    message.content = content;
    return;
  }
  for (const entry of asList(content)) {
    if (typeof entry === "string") addText(message, entry);
    const part = asRecord(entry);
    if (part !== undefined) addPart(message, part);
  }
}

/** Parts without a type are named by their only member. */
const MEMBERS = ["image", "image_url", "audio", "input_audio"] as const;

function addPart(message: Message, part: JsonRecord): void {
  const type = asText(part.type) ?? MEMBERS.find((name) => part[name] !== undefined) ?? "text";
  if (type === "thinking") return addThinking(message, part.thinking);
  if (type === "reasoning" && part.summary !== undefined) return addThinking(message, part.summary);
  const text = asText(part.text) ?? asText(part.refusal);
  if (text !== undefined) return addText(message, text);
  if (type.includes("image")) message.imageCount = (message.imageCount ?? 0) + 1;
  else if (type.includes("audio")) message.audioCount = (message.audioCount ?? 0) + 1;
  else message.fileCount = (message.fileCount ?? 0) + 1;
}

function addText(message: Message, text: string): void {
  message.content = message.content === undefined ? text : `${message.content}\n${text}`;
}

/** Thoughts as Mistral (`thinking`) and Databricks (`summary`) put them into the content: a text, or a list of text parts. */
function addThinking(message: Message, thoughts: unknown): void {
  const text = asText(thoughts) ?? asList(thoughts).map((entry) => asText(asRecord(entry)?.text) ?? "").join("");
  if (text !== "") message.reasoning = (message.reasoning ?? "") + text;
}

/** Some vendors send an empty `audio` with every message. */
function addAudio(message: Message, audio: JsonRecord | undefined): void {
  const transcript = asFilledText(audio?.transcript);
  if (transcript === undefined && !asFilledText(audio?.id) && !asFilledText(audio?.data)) return;
  message.audioCount = (message.audioCount ?? 0) + 1;
  if (transcript !== undefined && message.content === undefined) message.content = transcript;
}

function addResult(message: Message, json: JsonRecord): void {
  const result: NonNullable<Message["toolResults"]>[number] = {};
  const callId = asFilledText(json.tool_call_id);
  if (callId !== undefined) result.callId = callId;
  if (message.name !== undefined) result.name = message.name;
  if (message.content !== undefined) result.content = message.content;
  message.toolResults = [result];
}

function decodeCalls(json: JsonRecord): ToolCall[] {
  const calls: ToolCall[] = [];
  if (json.tool_calls !== undefined) {
    for (const entry of asList(json.tool_calls)) {
      const call = decodeCall(asRecord(entry));
      if (call !== undefined) calls.push(call);
    }
  }
  const legacy = asRecord(json.function_call);
  if (legacy !== undefined) pushFunction(calls, legacy, undefined, "function");
  return calls;
}

function decodeCall(json: JsonRecord | undefined): ToolCall | undefined {
  if (json === undefined) return undefined;
  const id = asFilledText(json.id);
  const custom = asRecord(json.custom);
  const customName = asFilledText(custom?.name);
  if (customName !== undefined) {
    return toTextToolCall({ id, name: customName, type: "custom" }, asText(custom?.input) ?? "");
  }
  const calls: ToolCall[] = [];
  pushFunction(calls, asRecord(json.function), id, asFilledText(json.type) ?? "function");
  return calls[0];
}

function pushFunction(calls: ToolCall[], json: JsonRecord | undefined, id: string | undefined, type: string): void {
  const name = asFilledText(json?.name);
  if (name === undefined) return;
  const facts = { id, name, type };
  const given = json?.arguments;
  if (typeof given === "string") calls.push(toToolCall(facts, given, true));
  else if (given === undefined || given === null) calls.push(toToolCall(facts, "", true));
  else calls.push({ ...(id !== undefined && { id }), name, type, arguments: given });
}
