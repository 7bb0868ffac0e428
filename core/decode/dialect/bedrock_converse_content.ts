import type { Message, ToolResult } from "../../model/model_call.ts";
import { asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact, isRecord } from "./json_value.ts";

/** Adds one content block to a message; `separator` stands between its texts. */
export function addConverseBlock(message: Message, block: JsonRecord, separator: string): void {
  const text = asText(block["text"]) ?? readCitedText(block) ?? readGuardedText(block);
  if (text !== undefined) message.content = message.content === undefined ? text : message.content + separator + text;
  const reasoning = asText(asRecord(asRecord(block["reasoningContent"])?.["reasoningText"])?.["text"]);
  if (reasoning !== undefined) {
    message.reasoning = message.reasoning === undefined ? reasoning : message.reasoning + separator + reasoning;
  }
  const use = asRecord(block["toolUse"]);
  if (use !== undefined) {
    (message.toolCalls ??= []).push(compact({
      id: asText(use["toolUseId"]),
      name: asText(use["name"]) ?? "",
      type: use["type"] === "server_tool_use" ? "server" : "function",
      arguments: use["input"],
      isServerSide: use["type"] === "server_tool_use" ? true : undefined,
    }));
  }
  const result = asRecord(block["toolResult"]);
  if (result !== undefined) {
    (message.toolResults ??= []).push(readToolResult(result));
    for (const part of asRecords(result["content"])) countMedia(message, part);
  }
  countMedia(message, asRecord(block["guardContent"]) ?? block);
}

function countMedia(message: Message, block: JsonRecord): void {
  if (isRecord(block["image"])) message.imageCount = (message.imageCount ?? 0) + 1;
  if (isRecord(block["audio"])) message.audioCount = (message.audioCount ?? 0) + 1;
  if (isRecord(block["document"]) || isRecord(block["video"])) {
    message.fileCount = (message.fileCount ?? 0) + 1;
  }
}

/** Text that a guardrail looks at is text of the message like any other. */
function readGuardedText(block: JsonRecord): string | undefined {
  return asText(asRecord(asRecord(block["guardContent"])?.["text"])?.["text"]);
}

/** Text that carries citations comes in pieces that belong together. */
function readCitedText(block: JsonRecord): string | undefined {
  const pieces = asRecords(asRecord(block["citationsContent"])?.["content"]).map((piece) =>
    asText(piece["text"]) ?? ""
  );
  return pieces.length === 0 ? undefined : pieces.join("");
}

function readToolResult(result: JsonRecord): ToolResult {
  const parts = asRecords(result["content"]).flatMap((part) => {
    const text = asText(part["text"]);
    return text !== undefined ? [text] : part["json"] !== undefined ? [JSON.stringify(part["json"])] : [];
  });
  const status = asText(result["status"]);
  return compact<ToolResult>({
    callId: asText(result["toolUseId"]),
    content: parts.length === 0 ? undefined : parts.join("\n"),
    isError: status === undefined ? undefined : status === "error",
    // `nova_code_interpreter_result` and the like; results of the client's tools have no type.
    isServerSide: asText(result["type"])?.endsWith("_result") ? true : undefined,
  });
}
