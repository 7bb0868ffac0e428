/**
 * xAI over gRPC, as its own client library calls it. Messages are turned into chat completions, which the same vendor speaks in
 * JSON.
 *
 * @see https://github.com/xai-org/xai-proto proto/xai/api/v1/chat.proto (read 2026-11-21)
 */
import type { ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { Dialect, RequestHead, RequestView } from "./dialect.ts";
import { asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { openaiChat } from "./openai_chat.ts";
import { createProtoReader, readProtoRequest } from "./proto_reader.ts";
import { XaiOutputs } from "./xai_grpc_outputs.ts";
import { XAI_ANSWER, XAI_CHUNK, XAI_REQUEST } from "./xai_grpc_schema.ts";

const PATH = /\/xai_api\.Chat\/(GetCompletion|GetCompletionChunk|StartDeferredCompletion)$/;

/** xAI over gRPC. */
export const xaiGrpc: Dialect = {
  id: "xai_grpc",
  summary: "xAI chat over gRPC",
  stability: "experimental",
  docsUrl: "https://docs.x.ai/docs/api-reference",
  matchHead: (head) => (head.method === "POST" && PATH.test(head.path) ? 1 : 0),
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "chat",
  decodeRequest,
  createReader: (context) => {
    const isStream = isStreaming(context.head);
    const schema = isStream ? XAI_CHUNK : XAI_ANSWER;
    const isDeferred = context.head.path.endsWith("StartDeferredCompletion");
    const outputs = new XaiOutputs(context.request?.parameters["n"]);
    const servers = new Set(context.request?.tools.map(({ server }) => server ?? ""));
    const adjust = (answer: ModelResponse) => {
      outputs.complete(answer, servers);
      // Only its number comes back; the answer is asked for by that later.
      if (isDeferred && answer.requestId !== undefined) answer.isAccepted = true;
    };
    const toJson = (json: JsonRecord) => toCompletion(json, outputs.toChoices(asRecords(json["outputs"])));
    const options = { isStream, toJson, adjust };
    return createProtoReader(openaiChat.createReader(context), schema, options);
  },
};

function isStreaming({ path }: RequestHead): boolean {
  return path.endsWith("Chunk");
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = readProtoRequest(view, XAI_REQUEST);
  if (json === undefined) return undefined;
  const request = openaiChat.decodeRequest({
    ...view,
    json: compact({
      ...json,
      stream: isStreaming(view),
      messages: asRecords(json["messages"]).map(toMessage),
      tools: json["tools"] === undefined ? undefined : asRecords(json["tools"]).map(toTool),
    }),
  });
  const servers = asRecords(json["tools"]).map((tool) => asFilledText(asRecord(tool["mcp"])?.["server_label"]));
  for (const tool of request?.tools ?? []) {
    const server = tool.type === "mcp" ? servers.find((label) => label !== undefined) : undefined;
    if (server === undefined) continue;
    servers.splice(servers.indexOf(server), 1);
    tool.server = server;
  }
  return request;
}

function toMessage(message: JsonRecord): JsonRecord {
  return compact({
    ...message,
    content: message["content"] === undefined ? undefined : asRecords(message["content"]).map(toPart),
    tool_calls: toCalls(message["tool_calls"]),
  });
}

function toPart(part: JsonRecord): JsonRecord {
  const text = asText(part["text"]);
  if (text !== undefined) return { type: "text", text };
  return { type: part["image_url"] === undefined ? "file" : "image_url" };
}

/** A tool of the vendor's own is named by its member. */
function toTool(tool: JsonRecord): JsonRecord {
  const [type] = Object.keys(tool);
  if (type === undefined || type === "function") return { type: "function", ...tool };
  return { type };
}

function toCalls(calls: unknown): JsonRecord[] | undefined {
  return calls === undefined ? undefined : asRecords(calls).map((call) => ({ type: "function", ...call }));
}

/** A whole answer has messages, a chunk deltas. */
function toCompletion(answer: JsonRecord, choices: readonly JsonRecord[]): JsonRecord {
  const usage = asRecord(answer["usage"]);
  return compact({
    id: answer["id"],
    model: answer["model"],
    choices,
    usage: usage === undefined ? undefined : compact({
      ...usage,
      prompt_tokens_details: compact({
        cached_tokens: usage["cached_prompt_text_tokens"],
        image_tokens: usage["prompt_image_tokens"],
      }),
      completion_tokens_details: compact({ reasoning_tokens: usage["reasoning_tokens"] }),
    }),
  });
}
