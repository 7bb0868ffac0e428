import type { Message, ToolCall } from "../../model/model_call.ts";
import { asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";

/** A message of request or answer; tool arguments are objects here, not JSON text. */
export function readOllamaMessage(message: JsonRecord): Message {
  const role = asText(message["role"]) ?? "user";
  const content = asText(message["content"]);
  const imageCount = asList(message["images"]).length;
  const toolCalls = asRecords(message["tool_calls"]).map(readToolCall);
  const isResult = role === "tool";
  return compact<Message>({
    role,
    content: isResult ? undefined : content,
    reasoning: asText(message["thinking"]) || undefined,
    toolCalls: toolCalls.length > 0 ? toolCalls : undefined,
    toolResults: isResult
      ? [compact({ callId: asText(message["tool_call_id"]), name: asText(message["tool_name"]), content })]
      : undefined,
    imageCount: imageCount > 0 ? imageCount : undefined,
  });
}

function readToolCall(call: JsonRecord): ToolCall {
  const named = asRecord(call["function"]);
  return compact<ToolCall>({
    id: asText(call["id"]),
    name: asText(named?.["name"]) ?? "",
    type: "function",
    arguments: named?.["arguments"],
  });
}
