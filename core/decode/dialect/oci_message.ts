/** Messages and names of OCI Generative AI, as the formats they come from have them. */
import type { Message, ToolCall } from "../../model/model_call.ts";
import { asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { decodeOpenAiMessage } from "./openai_message.ts";
import { toToolCall } from "./tool_call_builder.ts";

/** The same object with its own members in snake case: members of members keep their names, because arguments are the user's. */
export function toSnakeCase(json: JsonRecord): JsonRecord {
  const renamed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(json)) {
    renamed[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] = value;
  }
  return renamed;
}

/** Reads one message of `GENERIC` and `COHEREV2` chats and answers. */
export function readOciMessage(json: JsonRecord): Message {
  const content = asRecords(json["content"]).map((part) => ({
    ...part,
    type: asText(part["type"])?.toLowerCase() ?? "text",
  }));
  const role = asText(json["role"])?.toLowerCase() ?? "user";
  const reasoning = asFilledText(json["reasoningContent"]) ?? asFilledText(json["toolPlan"]);
  const message = decodeOpenAiMessage(
    compact<Record<string, unknown>>({
      role,
      content: content.length === 0 ? asText(json["content"]) : content,
      reasoning_content: reasoning,
      refusal: json["refusal"],
      name: json["name"],
      tool_call_id: json["toolCallId"],
    }),
    role,
  );
  const calls = asRecords(json["toolCalls"]).map((call) => readOciCall(call));
  if (calls.length > 0) message.toolCalls = calls;
  return message;
}

/** Reads a call: its name and arguments are members of its own, or of `function`. */
export function readOciCall(call: JsonRecord): ToolCall {
  const named = asRecord(call["function"]) ?? call;
  const facts = { id: asFilledText(call["id"]), name: asText(named["name"]) ?? "", type: "function" };
  return toToolCall(facts, asText(named["arguments"]) ?? "", true);
}
