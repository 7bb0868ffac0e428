/**
 * Gemini's contents and parts → provider-neutral messages. Field names are read in camelCase and snake_case: both are accepted
 * by the API and both are sent by clients.
 *
 * @see https://ai.google.dev/api/caching#Content (read 2026-11-21)
 */
import type { Message, ToolCall, ToolDefinition, ToolResult } from "../../model/model_call.ts";
import { OUTCOMES, toWord } from "./gemini_words.ts";
import { asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact, isRecord } from "./json_value.ts";

/** Reads a member by its camelCase name or its snake_case twin. */
export function geminiField(record: JsonRecord | undefined, camelName: string): unknown {
  if (record === undefined) return undefined;
  return record[camelName] ?? record[toSnakeName(camelName)];
}

/** Few names are asked for, again and again. */
const snakeNames = new Map<string, string>();

function toSnakeName(camelName: string): string {
  let name = snakeNames.get(camelName);
  if (name === undefined) {
    name = camelName.replace(/[A-Z]/g, (letter) => "_" + letter.toLowerCase());
    snakeNames.set(camelName, name);
  }
  return name;
}

/** A `functionCall` part (or a Live API call) as a tool call. */
export function toGeminiToolCall(call: JsonRecord): ToolCall {
  return compact<ToolCall>({
    id: asText(call["id"]),
    name: asText(call["name"]) ?? "",
    type: "function",
    // A call without arguments has no `args` at all.
    arguments: call["args"] ?? {},
  });
}

/** A tool that the vendor runs: code, or another one under its own name. */
function addServerCall(message: Message, part: JsonRecord): void {
  const code = asRecord(geminiField(part, "executableCode"));
  const call = asRecord(geminiField(part, "toolCall"));
  const name = code === undefined ? asText(geminiField(call, "toolType")) : "code_execution";
  // Some tools are named by an id alone: nothing tells what was called.
  if (name === undefined) return;
  (message.toolCalls ??= []).push(compact<ToolCall>({
    id: asText((code ?? call)?.["id"]),
    name,
    type: "server",
    arguments: code === undefined ? call?.["args"] ?? {} : compact({ language: code["language"], code: code["code"] }),
    isServerSide: true,
  }));
}

function addServerResult(message: Message, part: JsonRecord): void {
  const ran = asRecord(geminiField(part, "codeExecutionResult"));
  const response = asRecord(geminiField(part, "toolResponse"));
  if (ran === undefined && response === undefined) return;
  const given = ran ?? response ?? {};
  const body = given["response"];
  const name = ran === undefined ? asText(geminiField(given, "toolType")) : "code_execution";
  if (name === undefined && body === undefined) return;
  const outcome = toWord(ran?.["outcome"], OUTCOMES);
  (message.toolResults ??= []).push(compact<ToolResult>({
    callId: asText(given["id"]),
    name,
    content: ran === undefined ? body === undefined ? undefined : JSON.stringify(body) : asText(ran["output"]),
    isError: outcome === undefined ? undefined : outcome !== "OUTCOME_OK",
    isServerSide: true,
  }));
}

/** A `functionResponse` part as a tool result: an `error` member says that it failed, anything else says nothing. */
function toToolResult(response: JsonRecord): ToolResult {
  const body = response["response"];
  return compact<ToolResult>({
    callId: asText(response["id"]),
    name: asText(response["name"]),
    content: typeof body === "string" ? body : body === undefined ? undefined : JSON.stringify(body),
    isError: isRecord(body) && body["error"] !== undefined ? true : undefined,
  });
}

/** Counts of parts by what they carry, so that binary is named but never kept. */
function countMedia(message: Message, part: JsonRecord): void {
  const media = asRecord(geminiField(part, "inlineData")) ?? asRecord(geminiField(part, "fileData"));
  if (media === undefined) return;
  const mimeType = asText(geminiField(media, "mimeType")) ?? "";
  if (mimeType.startsWith("image/")) message.imageCount = (message.imageCount ?? 0) + 1;
  else if (mimeType.startsWith("audio/")) message.audioCount = (message.audioCount ?? 0) + 1;
  else message.fileCount = (message.fileCount ?? 0) + 1;
}

/** Adds one part to a message. `separator` stands between text parts: a line end in requests, nothing in streamed answers. */
export function addGeminiPart(message: Message, part: JsonRecord, separator: string): void {
  const text = asText(part["text"]);
  if (text !== undefined && part["thought"] === true) {
    message.reasoning = message.reasoning === undefined ? text : message.reasoning + separator + text;
  } else if (text !== undefined) {
    message.content = message.content === undefined ? text : message.content + separator + text;
  }
  const call = asRecord(geminiField(part, "functionCall"));
  if (call !== undefined) (message.toolCalls ??= []).push(toGeminiToolCall(call));
  const response = asRecord(geminiField(part, "functionResponse"));
  if (response !== undefined) (message.toolResults ??= []).push(toToolResult(response));
  if (text === undefined) {
    addServerCall(message, part);
    addServerResult(message, part);
  }
  countMedia(message, part);
}

/** The messages of `contents`: a list, a single content, or a bare text as sloppy clients send it. */
export function readGeminiContents(contents: unknown): Message[] {
  if (typeof contents === "string") return [{ role: "user", content: contents }];
  const list = isRecord(contents) ? [contents] : asList(contents);
  return list.flatMap((content) => {
    if (typeof content === "string") return [{ role: "user", content }];
    if (!isRecord(content)) return [];
    const message: Message = { role: asText(content["role"]) ?? "user" };
    const parts = content["parts"];
    for (const part of isRecord(parts) ? [parts] : asRecords(parts)) addGeminiPart(message, part, "\n");
    return [message];
  });
}

/** Text of `systemInstruction`: its text parts joined by line ends, or the bare text. */
export function readGeminiSystem(instruction: unknown): string | undefined {
  if (typeof instruction === "string") return instruction;
  return readGeminiContents(instruction)[0]?.content;
}

/** Members of a tool that are settings of that tool, not tools themselves. */
const DECLARATIONS = "functionDeclarations";

/** The tools offered: one per function declaration, and one per built-in tool, named by its member. */
export function readGeminiTools(tools: unknown): ToolDefinition[] {
  return asRecords(isRecord(tools) ? [tools] : tools).flatMap((tool) => {
    const declared = asRecords(geminiField(tool, DECLARATIONS)).map((declaration) =>
      compact<ToolDefinition>({
        name: asText(declaration["name"]),
        type: "function",
        description: asText(declaration["description"]),
      })
    );
    const builtIn = Object.keys(tool)
      .filter((name) => name !== DECLARATIONS && name !== "function_declarations")
      .map((name) => ({ type: name.replace(/[A-Z]/g, (letter) => "_" + letter.toLowerCase()) }));
    return [...declared, ...builtIn];
  });
}

/** The Gemini answer itself: Code Assist puts it under `response`, an error on a streamed array comes inside a list. */
export function unwrapGeminiAnswer(json: unknown): JsonRecord | undefined {
  const record = Array.isArray(json) ? asRecord(json[0]) : asRecord(json);
  return asRecord(record?.["response"]) ?? record;
}
