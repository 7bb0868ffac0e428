import type { Message, ToolCall, ToolResult } from "../../model/model_call.ts";
import { asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";

/** Adds one content item or step to a message; `separator` stands between its texts. */
export function addInteractionItem(message: Message, item: JsonRecord, separator: string): void {
  const type = asText(item["type"]);
  if (type === "text") addText(message, "content", asText(item["text"]), separator);
  else if (type === "thought" || type === "thought_summary") {
    const texts = asRecords(item["summary"]).map((part) => asText(part["text"])).filter((text) => text !== undefined);
    addText(message, "reasoning", texts.length > 0 ? texts.join(separator) : asText(item["text"]), separator);
  } else if (type === "function_call") {
    (message.toolCalls ??= []).push(compact({
      id: asFilledText(item["id"]),
      name: asText(item["name"]) ?? "",
      type: "function",
      arguments: item["arguments"],
    }));
  } else if (type === "function_result") {
    const { result } = item;
    (message.toolResults ??= []).push(compact({
      callId: asFilledText(item["call_id"]),
      name: asFilledText(item["name"]),
      content: result === undefined ? undefined : typeof result === "string" ? result : JSON.stringify(result),
      isError: typeof item["is_error"] === "boolean" ? item["is_error"] : undefined,
    }));
  } else if (type === "image") message.imageCount = (message.imageCount ?? 0) + 1;
  else if (type === "audio") message.audioCount = (message.audioCount ?? 0) + 1;
  else if (type === "document" || type === "video") message.fileCount = (message.fileCount ?? 0) + 1;
  else if (type === "model_output" || type === "user_input") addNested(message, item, separator);
  else if (type?.endsWith("_call") === true) (message.toolCalls ??= []).push(toServerCall(item, type));
  else if (type?.endsWith("_result") === true) (message.toolResults ??= []).push(toServerResult(item, type));
}

/** A call of a tool that the vendor runs: search, code, pages, files, or one of an MCP server, which is named. */
export function toServerCall(item: JsonRecord, type: string): ToolCall {
  const server = asFilledText(item["server_name"]);
  return compact<ToolCall>({
    id: asFilledText(item["id"]),
    name: asFilledText(item["name"]) ?? type.slice(0, -"_call".length),
    type: server === undefined ? "server" : "mcp",
    arguments: item["arguments"],
    server,
    isServerSide: true,
  });
}

/** Its result. */
export function toServerResult(item: JsonRecord, type: string): ToolResult {
  const { result } = item;
  return compact<ToolResult>({
    callId: asFilledText(item["call_id"]),
    name: asFilledText(item["name"]) ?? type.slice(0, -"_result".length),
    content: result === undefined ? undefined : typeof result === "string" ? result : JSON.stringify(result),
    isError: typeof item["is_error"] === "boolean" ? item["is_error"] : undefined,
    isServerSide: true,
  });
}

function addNested(message: Message, item: JsonRecord, separator: string): void {
  const { content } = item;
  for (const part of Array.isArray(content) ? asRecords(content) : asRecords([asRecord(content)])) {
    addInteractionItem(message, part, separator);
  }
}

/** A thought may be signed only, and then it has no text. */
function addText(
  message: Message,
  member: "content" | "reasoning",
  text: string | undefined,
  separator: string,
): void {
  const before = message[member];
  if (text !== undefined) message[member] = before === undefined ? text : before + separator + text;
}
