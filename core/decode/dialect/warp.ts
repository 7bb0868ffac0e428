/**
 * Warp's agent: the conversation and the newest input as one protobuf message; the answer is a stream of events, each a protobuf
 * message in base64.
 *
 * @see https://github.com/warpdotdev/warp-proto-apis apis/multi_agent/v1 (read 2026-11-21)
 */
import type { Message, ModelRequest, ToolDefinition, ToolResult } from "../../model/model_call.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { asCount, asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { readProtoRequest } from "./proto_reader.ts";
import { createWarpReader, toWarpCall } from "./warp_reader.ts";
import { WARP_REQUEST } from "./warp_schema.ts";

/** Inputs that are words, each with the member that has them. */
const WORDED_INPUTS = [
  ["user_query", "query"],
  ["query_with_canned_response", "query"],
  ["auto_code_diff_query", "query"],
  ["create_new_project", "query"],
  ["summarize_conversation", "prompt"],
] as const;

/** Warp. */
export const warp: Dialect = {
  id: "warp",
  summary: "Warp's agent",
  stability: "experimental",
  docsUrl: "https://github.com/warpdotdev/warp-proto-apis",
  matchHead: (head) => (head.method === "POST" && head.path.endsWith("/ai/multi-agent") ? 0.9 : 0),
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "chat",
  decodeRequest,
  createReader: createWarpReader,
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = readProtoRequest(view, WARP_REQUEST);
  const input = asRecord(json?.["input"]);
  if (json === undefined || input === undefined) return undefined;
  const kept = asRecords(asRecord(json["task_context"])?.["tasks"]).flatMap((task) => asRecords(task["messages"]));
  const messages = [...kept, ...toInputs(input)].flatMap((message) => toMessage(message) ?? []);
  const conversation = asFilledText(asRecord(json["metadata"])?.["conversation_id"]);
  return compact<ModelRequest>({
    requestType: "chat",
    model: asFilledText(asRecord(asRecord(json["settings"])?.["model_config"])?.["base"]),
    isStreaming: true,
    messages,
    messageCount: messages.length,
    tools: toTools(asRecord(json["mcp_context"])),
    parameters: {},
    sessionKeys: conversation === undefined ? undefined : { conversation },
  });
}

/** The newest input, in the shape that messages of a task have. */
function toInputs(input: JsonRecord): JsonRecord[] {
  const listed = asRecords(asRecord(input["user_inputs"])?.["inputs"]);
  const all = listed.length > 0 ? listed.map((one) => asRecord(one["cli_agent_user_query"]) ?? one) : [input];
  return all.flatMap((one) => {
    const result = asRecord(one["tool_call_result"]);
    const words = WORDED_INPUTS.flatMap(([name, member]) => asText(asRecord(one[name])?.[member]) ?? []);
    return [
      ...(result === undefined ? [] : [{ tool_call_result: result }]),
      ...words.map((query) => ({ user_query: { query } })),
    ];
  });
}

function toMessage(message: JsonRecord): Message | undefined {
  const query = asText(asRecord(message["user_query"])?.["query"]);
  if (query !== undefined) return { role: "user", content: query };
  const content = asText(asRecord(message["agent_output"])?.["text"]);
  if (content !== undefined) return { role: "assistant", content };
  const reasoning = asText(asRecord(message["agent_reasoning"])?.["reasoning"]);
  if (reasoning !== undefined) return { role: "assistant", reasoning };
  const call = toWarpCall(asRecord(message["tool_call"]));
  if (call !== undefined) return { role: "assistant", toolCalls: [call] };
  const result = asRecord(message["tool_call_result"]);
  return result === undefined ? undefined : { role: "tool", toolResults: [toResult(result)] };
}

function toResult(result: JsonRecord): ToolResult {
  const name = Object.keys(result).find((key) => key !== "tool_call_id");
  const given = name === undefined ? undefined : asRecord(result[name]);
  const finished = asRecord(given?.["command_finished"]) ?? given;
  const error = asRecord(given?.["error"]);
  const exitCode = asCount(finished?.["exit_code"]) ?? 0;
  return compact<ToolResult>({
    callId: asFilledText(result["tool_call_id"]),
    name,
    content: asText(error?.["message"]) ?? asText(finished?.["output"]) ?? joinTexts(asRecord(given?.["success"])),
    isError: error !== undefined || exitCode !== 0 ? true : undefined,
  });
}

/** The texts an MCP server gave. */
function joinTexts(success: JsonRecord | undefined): string | undefined {
  const texts = asRecords(success?.["results"]).flatMap((result) => asText(asRecord(result["text"])?.["text"]) ?? []);
  return texts.length === 0 ? undefined : texts.join("\n");
}

/** Tools of MCP servers; Warp's own are not in the request. */
function toTools(context: JsonRecord | undefined): ToolDefinition[] {
  const servers = [context ?? {}, ...asRecords(context?.["servers"])];
  return servers.flatMap((from) =>
    asRecords(from["tools"]).map((tool) =>
      compact<ToolDefinition>({
        name: asFilledText(tool["name"]),
        type: "mcp",
        description: asFilledText(tool["description"]),
        server: asFilledText(from["name"]),
      })
    )
  );
}
