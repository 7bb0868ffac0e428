/**
 * Model Context Protocol over HTTP (streamable, JSON or server-sent events; also the stateless revision with `Mcp-Method`). Only
 * `tools/call` is a call: it is published as a tool call and its result, never as a request to a model.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports (read 2026-11-21)
 */
import type { ModelRequest, ModelResponse, ToolResult } from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { Dialect, RequestView, ResponseContext, ResponseReader } from "./dialect.ts";
import { asFilledText, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { readToolDefinitions } from "./mcp_tools.ts";

/** Model Context Protocol. */
export const mcp: Dialect = {
  id: "mcp_http",
  summary: "Model Context Protocol over HTTP, tool calls",
  stability: "experimental",
  docsUrl: "https://modelcontextprotocol.io/specification",
  callsTools: true,
  matchHead: (head) => {
    if (head.method !== "POST") return 0;
    return head.headers.has("mcp-protocol-version") || head.headers.has("mcp-session-id") ||
        head.headers.has("mcp-method")
      ? 0.95
      : 0;
  },
  matchBody: (json) => (json.jsonrpc === "2.0" && isMethod(asText(json.method)) ? 0.95 : 0),
  matchAnswer: (json) => (json?.jsonrpc === "2.0" ? 0.9 : 0),
  requestType: () => "other",
  decodeRequest,
  createReader: (context) => new McpReader(context),
};

function isMethod(method: string | undefined): boolean {
  return method !== undefined &&
    /^(?:initialize|ping|server\/discover|(?:tools|resources|prompts|completion|logging|notifications|tasks)\/.+)$/
      .test(method);
}

/** A `tools/call` gives one tool call; every other method gives an empty request, which publishes nothing. */
function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json?.jsonrpc !== "2.0") return undefined;
  const request: ModelRequest = { requestType: "other", isStreaming: false, messages: [], tools: [], parameters: {} };
  const params = asRecord(json.params);
  const name = asFilledText(params?.name);
  if (json.method !== "tools/call" || name === undefined) return request;
  request.messages.push({
    role: "assistant",
    toolCalls: [compact({ id: toCallId(json.id, view), name, type: "mcp", arguments: params?.arguments })],
  });
  return request;
}

/** JSON-RPC ids are only unique within a session, so the session stands before them. */
function toCallId(id: unknown, view: RequestView): string | undefined {
  if (typeof id !== "string" && typeof id !== "number") return undefined;
  const session = view.headers.get("mcp-session-id");
  return session === undefined ? String(id) : `${session}:${id}`;
}

class McpReader implements ResponseReader {
  readonly #callId: string | undefined;
  readonly #hasCall: boolean;
  readonly #status: number;
  #result: ToolResult | undefined;
  #definitions: ModelResponse["toolDefinitions"];
  #error: ModelResponse["error"];

  constructor(context: ResponseContext) {
    const call = context.request?.messages[0]?.toolCalls?.[0];
    this.#hasCall = call !== undefined;
    this.#callId = call?.id;
    this.#status = context.response.status;
  }

  /** The stream may carry notifications and requests of the server before the result. */
  message(message: BodyMessage): "token" | "meta" {
    const json = parseRecord(message.text);
    const error = asRecord(json?.error);
    if (error !== undefined) {
      this.#error = compact({ code: toCode(error.code), message: asFilledText(error.message) });
      if (this.#hasCall) this.#result = compact({ callId: this.#callId, content: this.#error.message, isError: true });
      return "token";
    }
    const result = asRecord(json?.result);
    if (result === undefined) return "meta";
    if (!this.#hasCall) {
      this.#definitions = readToolDefinitions(result) ?? this.#definitions;
      return "meta";
    }
    this.#result = readResult(result, this.#callId);
    return "token";
  }

  finish(_isComplete: boolean): ModelResponse {
    if (this.#result === undefined && this.#hasCall && this.#status >= 400) {
      this.#result = compact({ callId: this.#callId, isError: true });
    }
    return compact<ModelResponse>({
      choices: [],
      toolResults: this.#result === undefined ? undefined : [this.#result],
      toolDefinitions: this.#definitions,
      error: this.#error,
    });
  }
}

function toCode(code: unknown): string | undefined {
  return typeof code === "number" ? String(code) : asFilledText(code);
}

/** Text parts joined by line ends; structured content where there is no text. `isError` is false when it is left out. */
function readResult(result: JsonRecord, callId: string | undefined): ToolResult {
  const texts = asRecords(result.content).filter((part) => part.type === "text").map((part) => asText(part.text))
    .filter((text) => text !== undefined);
  const structured = result.structuredContent;
  return compact<ToolResult>({
    callId,
    content: texts.length > 0 ? texts.join("\n") : structured === undefined ? undefined : JSON.stringify(structured),
    isError: result.isError === true,
  });
}
