import type { ModelRequest } from "../../model/model_call.ts";
import { AnthropicReader } from "./anthropic_reader.ts";
import { decodeAnthropicRequest } from "./anthropic_request.ts";
import type { Dialect, RequestHead, RequestView } from "./dialect.ts";
import { asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { hasPathEnd } from "./path_end.ts";

/** Vertex AI names model and method in the path and leaves the model out of the body. */
const VERTEX_PATH = /\/publishers\/anthropic\/models\/([^/:]+):(rawPredict|streamRawPredict)$/;

/** Block types that only Messages bodies have. */
const OWN_BLOCKS = new Set(["tool_use", "tool_result", "thinking", "redacted_thinking", "server_tool_use", "document"]);

/**
 * Anthropic Messages, also where other vendors and gateways serve it, and on Vertex AI.
 *
 * @see https://docs.claude.com/en/api/messages (read 2026-08-20)
 */
export const anthropicMessages: Dialect = {
  id: "anthropic_messages",
  summary: "Anthropic Messages, direct, through gateways and on Vertex AI",
  stability: "stable",
  docsUrl: "https://docs.claude.com/en/api/messages",
  matchHead,
  matchBody,
  matchAnswer: (json) => {
    if (json?.type === "message" && Array.isArray(json.content)) return 1;
    return json?.type === "message_start" ? 1 : json?.type === "error" && asRecord(json.error) !== undefined ? 0.6 : 0;
  },
  requestType: () => "chat",
  decodeRequest,
  createReader: (context) => new AnthropicReader(context),
};

function matchHead(head: RequestHead): number {
  if (head.method !== "POST") return 0;
  if (VERTEX_PATH.test(head.path)) return 1;
  if (!hasPathEnd(head.path, "messages")) return 0;
  if (head.headers.has("anthropic-version")) return 1;
  // Services that send messages to people have such paths too: without the header the body or the answer decides.
  return hasPathEnd(head.path, "v1/messages") ? 0.7 : 0.3;
}

function matchBody(json: JsonRecord, head: RequestHead): number {
  if (head.method !== "POST" || !Array.isArray(json.messages)) return 0;
  if (json.anthropic_version !== undefined || head.headers.has("anthropic-version")) return 0.95;
  const tool = asRecord(asList(json.tools)[0]);
  if (tool?.input_schema !== undefined || /_20\d{6}$/.test(asText(tool?.type) ?? "")) return 0.9;
  if (json.stop_sequences !== undefined) return 0.8;
  if (json.system !== undefined && json.max_tokens !== undefined) return 0.8;
  return json.messages.some(hasOwnBlock) ? 0.8 : 0;
}

function hasOwnBlock(message: unknown): boolean {
  return asList(asRecord(message)?.content).some((block) => OWN_BLOCKS.has(asText(asRecord(block)?.type) ?? ""));
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const vertex = VERTEX_PATH.exec(view.path);
  const request = decodeAnthropicRequest(json, json.stream === true || vertex?.[2] === "streamRawPredict");
  if (request !== undefined && vertex?.[1] !== undefined) request.model ??= decodeURIComponentSafely(vertex[1]);
  return request;
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
