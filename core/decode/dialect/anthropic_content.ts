import type { Message, ToolCall, ToolResult } from "../../model/model_call.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { toWordTable } from "./word_table.ts";

/** What the blocks of one message or answer carry. */
export interface BlockFacts {
  readonly message: Message;
  /** Results of tools the vendor ran itself. */
  readonly serverResults: ToolResult[];
  /** The block before, when it was a text: whether it carried citations. */
  isAfterCited?: boolean | undefined;
}

/** Reads one entry of `messages[]`: content is a text or a list of blocks. */
export function decodeAnthropicMessage(json: JsonRecord): Message {
  const message: Message = { role: asFilledText(json.role) ?? "user" };
  if (typeof json.content === "string") message.content = json.content;
  const facts: BlockFacts = { message, serverResults: [] };
  for (const block of asList(json.content)) takeBlock(facts, asRecord(block));
  if (facts.serverResults.length > 0) message.toolResults = [...(message.toolResults ?? []), ...facts.serverResults];
  return message;
}

/** Adds one whole content block. Unknown block types are counted as files when they hold a source, else left out. */
export function takeBlock(facts: BlockFacts, block: JsonRecord | undefined): void {
  const type = asText(block?.type);
  if (block === undefined || type === undefined) return;
  if (type === "text") return takeText(facts, block);
  facts.isAfterCited = undefined;
  const take = BLOCKS[type];
  if (take !== undefined) return take(facts, block);
  if (type.endsWith("_tool_result")) facts.serverResults.push(toServerResult(block));
  else if (block.source !== undefined) facts.message.fileCount = (facts.message.fileCount ?? 0) + 1;
}

/**
 * Adds a text block. Blocks are joined by a line feed, except around citations: a cited passage is cut out of the running text as a
 * block of its own.
 */
function takeText(facts: BlockFacts, block: JsonRecord): void {
  const { message } = facts;
  const text = asText(block.text) ?? "";
  const isCited = Array.isArray(block.citations);
  const goesOn = facts.isAfterCited === true || (facts.isAfterCited === false && isCited);
  message.content = message.content === undefined ? text : message.content + (goesOn ? "" : "\n") + text;
  facts.isAfterCited = isCited;
}

/** Makes the call of a `tool_use`, `server_tool_use` or `mcp_tool_use` block; undefined without a name. */
export function toBlockCall(block: JsonRecord): ToolCall | undefined {
  const name = asFilledText(block.name);
  if (name === undefined) return undefined;
  const call: ToolCall = { name, type: CALL_TYPES[asText(block.type) ?? ""] ?? "function" };
  const id = asFilledText(block.id);
  if (id !== undefined) call.id = id;
  if (block.input !== undefined) call.arguments = block.input;
  const server = asFilledText(block.server_name);
  if (server !== undefined) call.server = server;
  if (call.type !== "function") call.isServerSide = true;
  return call;
}

const CALL_TYPES = toWordTable<string>({
  tool_use: "function",
  server_tool_use: "server",
  mcp_tool_use: "mcp",
});

type TakeBlock = (facts: BlockFacts, block: JsonRecord) => void;

const BLOCKS = toWordTable<TakeBlock>({
  thinking: ({ message }, block) => {
    const text = asFilledText(block.thinking);
    if (text !== undefined) message.reasoning = (message.reasoning ?? "") + text;
  },
  image: ({ message }) => {
    message.imageCount = (message.imageCount ?? 0) + 1;
  },
  document: ({ message }) => {
    message.fileCount = (message.fileCount ?? 0) + 1;
  },
  tool_use: takeCall,
  server_tool_use: takeCall,
  mcp_tool_use: takeCall,
  tool_result: ({ message }, block) => {
    (message.toolResults ??= []).push(toResult(block));
    for (const entry of asList(block.content)) countMedia(message, asText(asRecord(entry)?.type));
  },
});

/** Pictures and documents of a result stand in the message like any other. */
function countMedia(message: Message, type: string | undefined): void {
  if (type === "image") message.imageCount = (message.imageCount ?? 0) + 1;
  else if (type === "document") message.fileCount = (message.fileCount ?? 0) + 1;
}

function takeCall({ message }: BlockFacts, block: JsonRecord): void {
  const call = toBlockCall(block);
  if (call !== undefined) (message.toolCalls ??= []).push(call);
}

function toResult(block: JsonRecord): ToolResult {
  const result: ToolResult = {};
  const callId = asFilledText(block.tool_use_id);
  if (callId !== undefined) result.callId = callId;
  const content = readResultText(block.content);
  if (content !== undefined) result.content = content;
  if (typeof block.is_error === "boolean") result.isError = block.is_error;
  return result;
}

/** Results of the vendor's own tools are structures; an error is one whose type says so. */
function toServerResult(block: JsonRecord): ToolResult {
  const result = toResult(block);
  result.isServerSide = true;
  if (result.content === undefined && block.content !== undefined) result.content = JSON.stringify(block.content);
  if (asText(asRecord(block.content)?.type)?.endsWith("_error")) result.isError = true;
  return result;
}

/** Text of a result: a string, or the text blocks and tool names of a list; undefined when it holds neither. */
function readResultText(content: unknown): string | undefined {
  if (typeof content === "string") return content;
  let text: string | undefined;
  for (const entry of asList(content)) {
    const json = asRecord(entry);
    // What a search for tools found is named, not told.
    const part = asText(json?.text) ?? (json?.type === "tool_reference" ? asText(json.tool_name) : undefined) ??
      (json?.type === "search_result" ? readResultText(json.content) : undefined);
    if (part !== undefined) text = text === undefined ? part : `${text}\n${part}`;
  }
  return text;
}
