import type { Message, ToolCall, ToolResult } from "../../model/model_call.ts";
import { asRecord, asText, type JsonRecord, parseJson } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";

/** Text of a content that is a text or a list of parts, of the given part type and key; undefined when there is none. */
function joinParts(content: unknown, type: string, key: string): string | undefined {
  const texts = asRecords(content).filter((part) => part["type"] === type).map((part) => asText(part[key]))
    .filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : texts.join("\n");
}

/** A message of a Cohere v2 request or answer. `tool_plan` and thinking parts are reasoning. */
export function readCohereMessage(message: JsonRecord): Message {
  const role = asText(message["role"]) ?? "user";
  const { content } = message;
  const text = typeof content === "string" ? content : joinParts(content, "text", "text");
  const toolCalls = asRecords(message["tool_calls"]).map(readCohereToolCall);
  const imageCount = asRecords(content).filter((part) => part["type"] === "image_url").length;
  const isResult = role === "tool";
  const result = isResult ? text ?? joinDocuments(content) : undefined;
  return compact<Message>({
    role,
    content: result ?? text,
    reasoning: joinParts(content, "thinking", "thinking") ?? (asText(message["tool_plan"]) || undefined),
    toolCalls: toolCalls.length > 0 ? toolCalls : undefined,
    toolResults: isResult ? [compact({ callId: asText(message["tool_call_id"]), content: result })] : undefined,
    imageCount: imageCount > 0 ? imageCount : undefined,
  });
}

function joinDocuments(content: unknown): string | undefined {
  const texts = asRecords(content).map((part) => asRecord(part["document"])?.["data"] ?? part["document"])
    .filter((data) => data !== undefined)
    .map((data) => (typeof data === "string" ? data : JSON.stringify(data)));
  return texts.length === 0 ? undefined : texts.join("\n");
}

/** A tool call whose arguments are JSON text; text that does not parse is told as incomplete. */
export function readCohereToolCall(call: JsonRecord): ToolCall {
  const named = asRecord(call["function"]);
  const text = asText(named?.["arguments"]);
  const parsed = text === undefined ? undefined : parseJson(text);
  return compact<ToolCall>({
    id: asText(call["id"]),
    name: asText(named?.["name"]) ?? "",
    type: asText(call["type"]) ?? "function",
    arguments: parsed,
    argumentsIncomplete: text !== undefined && parsed === undefined ? true : undefined,
    argumentsLength: text !== undefined && parsed === undefined ? new TextEncoder().encode(text).length : undefined,
  });
}

/** Tool calls of version 1: arguments are an object, and there are no ids. */
export function readFirstCalls(calls: unknown): ToolCall[] {
  return asRecords(calls).map((call) =>
    compact<ToolCall>({ name: asText(call["name"]) ?? "", type: "function", arguments: call["parameters"] })
  );
}

/** A result of version 1 names its call by repeating it. */
export function readFirstResults(results: unknown): ToolResult[] {
  return asRecords(results).map((result) =>
    compact<ToolResult>({
      name: asText(asRecord(result["call"])?.["name"]),
      content: result["outputs"] === undefined ? undefined : JSON.stringify(result["outputs"]),
    })
  );
}
