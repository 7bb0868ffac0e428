/**
 * Yandex foundation models: messages of a text each in, alternatives out; lines of a stream repeat the text so far. Numbers of 64
 * bits are text in its JSON.
 *
 * @see https://github.com/yandex-cloud/cloudapi yandex/cloud/ai/foundation_models/v1 (read 2026-11-21)
 */
import type { FinishReason, Message, ModelRequest } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";
import { createPieceReader, type Piece } from "./piece_reader.ts";
import { toWordTable } from "./word_table.ts";

const REASONS = toWordTable<FinishReason>({
  ALTERNATIVE_STATUS_FINAL: "stop",
  ALTERNATIVE_STATUS_TRUNCATED_FINAL: "length",
  ALTERNATIVE_STATUS_CONTENT_FILTER: "content_filter",
  ALTERNATIVE_STATUS_TOOL_CALLS: "tool_calls",
});

/** Yandex foundation models. */
export const yandex: Dialect = {
  id: "yandex",
  summary: "Yandex foundation models",
  stability: "experimental",
  docsUrl: "https://github.com/yandex-cloud/cloudapi",
  matchHead: (head) => (head.method === "POST" && hasPathEnd(head.path, "foundationModels/v1/completion") ? 0.9 : 0),
  matchBody: (json) => (typeof json["modelUri"] === "string" && Array.isArray(json["messages"]) ? 0.85 : 0),
  matchAnswer: (json) => (Array.isArray(asRecord(json?.["result"])?.["alternatives"]) ? 0.9 : 0),
  requestType: () => "chat",
  decodeRequest,
  createReader: (context) => createPieceReader(context, readPiece),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined || !Array.isArray(json["messages"])) return undefined;
  const options = asRecord(json["completionOptions"]);
  const messages = asRecords(json["messages"]).map(toMessage);
  const system = messages.filter(({ role, content }) => role === "system" && content !== undefined);
  return compact<ModelRequest>({
    requestType: "chat",
    // gpt://folder/model/version: what follows the folder is the model.
    model: asFilledText(json["modelUri"])?.replace(/^\w+:\/\/[^/]+\//, ""),
    isStreaming: options?.["stream"] === true,
    messages,
    messageCount: messages.filter(({ role }) => role !== "system").length,
    systemPrompt: system.length === 0 ? undefined : system.map(({ content }) => content).join("\n"),
    tools: asRecords(json["tools"]).map((tool) => {
      const declared = asRecord(tool["function"]);
      return compact({
        name: asFilledText(declared?.["name"]),
        type: "function",
        description: asFilledText(declared?.["description"]),
      });
    }),
    parameters: compact<Record<string, unknown>>({
      temperature: options?.["temperature"] ?? undefined,
      max_tokens: asBigCount(options?.["maxTokens"]),
    }),
  });
}

function toMessage(json: JsonRecord): Message {
  const message: Message = { role: asFilledText(json["role"]) ?? "user" };
  const text = asText(json["text"]);
  if (text !== undefined) message.content = text;
  const calls = asRecords(asRecord(json["toolCallList"])?.["toolCalls"]).map((call) => {
    const made = asRecord(call["functionCall"]);
    return compact({ name: asText(made?.["name"]) ?? "", type: "function", arguments: made?.["arguments"] });
  });
  if (calls.length > 0) message.toolCalls = calls;
  const results = asRecords(asRecord(json["toolResultList"])?.["toolResults"]).map((result) => {
    const made = asRecord(result["functionResult"]);
    return compact({ name: asFilledText(made?.["name"]), content: asText(made?.["content"]) });
  });
  if (results.length > 0) message.toolResults = results;
  return message;
}

function readPiece(json: JsonRecord): Piece | undefined {
  const result = asRecord(json["result"]);
  const first = asRecord(asList(result?.["alternatives"])[0]);
  if (first === undefined) return undefined;
  const raw = asFilledText(first["status"]);
  const reason = raw === undefined ? undefined : REASONS[raw];
  return {
    text: asText(asRecord(first["message"])?.["text"]),
    isWhole: true,
    finishReason: reason,
    rawFinishReason: reason === undefined ? undefined : raw,
    usage: toUsage(asRecord(result?.["usage"])),
  };
}

function toUsage(usage: JsonRecord | undefined): Usage {
  return compact<Usage>({
    inputTokens: asBigCount(usage?.["inputTextTokens"]),
    outputTokens: asBigCount(usage?.["completionTokens"]),
    totalTokens: asBigCount(usage?.["totalTokens"]),
    reasoningTokens: asBigCount(asRecord(usage?.["completionTokensDetails"])?.["reasoningTokens"]),
  });
}

function asBigCount(value: unknown): number | undefined {
  return typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : asCount(value);
}
