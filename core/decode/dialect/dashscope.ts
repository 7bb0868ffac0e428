/**
 * Alibaba DashScope's own API: model, input and parameters in, everything under `output` out. A stream is asked for by a header,
 * and its pieces repeat what came before unless `incremental_output` is set.
 *
 * @see https://help.aliyun.com/zh/model-studio/qwen-api-via-dashscope and the vendor's Python client (read 2026-11-21)
 */
import type { ModelRequest, RequestType } from "../../model/model_call.ts";
import { createDashscopeReader } from "./dashscope_reader.ts";
import type { Dialect, RequestHead, RequestView } from "./dialect.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { openaiChat } from "./openai_chat.ts";

const PATH = /\/api\/v1\/services\/(aigc|audio|embeddings|rerank)\/([\w-]+)\/[\w-]+$/;

/** Kind of call of a task group, where it has one. */
const TYPE_BY_GROUP: Readonly<Record<string, RequestType>> = {
  audio: "audio",
  embeddings: "embedding",
  rerank: "rerank",
};

/** Alibaba DashScope. */
export const dashscope: Dialect = {
  id: "dashscope",
  summary: "Alibaba DashScope's own API: text, multimodal, embeddings, rerank, pictures",
  stability: "experimental",
  docsUrl: "https://help.aliyun.com/zh/model-studio/qwen-api-via-dashscope",
  matchHead: (head) => (head.method === "POST" && PATH.test(head.path) ? 0.9 : 0),
  matchBody: (json) =>
    typeof json["model"] === "string" && Array.isArray(asRecord(json["input"])?.["messages"]) ? 0.7 : 0,
  matchAnswer,
  requestType,
  decodeRequest,
  createReader: createDashscopeReader,
};

/** Others put their results under `output` too: the text and its counts are what tells. */
function matchAnswer(json: JsonRecord | undefined): number {
  const output = asRecord(json?.["output"]);
  if (output === undefined || typeof json?.["request_id"] !== "string") return 0;
  if (asRecord(asRecord(asList(output["choices"])[0])?.["message"]) !== undefined) return 0.9;
  return typeof output["text"] === "string" && "finish_reason" in output ? 0.8 : 0;
}

function requestType(head: RequestHead): RequestType {
  const [, group = "", task = ""] = PATH.exec(head.path) ?? [];
  return TYPE_BY_GROUP[group] ?? (/image|video/.test(task) ? "image" : "chat");
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  const input = asRecord(json?.["input"]);
  if (json === undefined || input === undefined) return undefined;
  const settings = asRecord(json["parameters"]) ?? {};
  const type = requestType(view);
  const isStreaming = view.headers.get("x-dashscope-sse") === "enable" ||
    view.headers.get("accept")?.includes("event-stream") === true;
  const chat = openaiChat.decodeRequest({
    ...view,
    json: { ...settings, model: json["model"], stream: isStreaming, messages: readMessages(input) },
  });
  if (chat === undefined) return undefined;
  const isConversation = Array.isArray(input["messages"]);
  return compact<ModelRequest>({
    ...chat,
    requestType: type,
    messages: type === "embedding" ? [] : chat.messages,
    messageCount: isConversation ? chat.messageCount : undefined,
    inputCount: countInputs(input),
    wantsIncrements: settings["incremental_output"] === true,
  });
}

function readMessages(input: JsonRecord): readonly JsonRecord[] {
  if (Array.isArray(input["messages"])) {
    return asRecords(input["messages"]).map((message) => ({ ...message, content: readContent(message["content"]) }));
  }
  const text = asText(input["prompt"]) ?? asText(input["text"]) ?? asText(input["query"]);
  return text === undefined ? [] : [{ role: "user", content: text }];
}

/** Parts are named by their only member: `{"image": url}`. */
function readContent(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  return asRecords(content).map((part) => {
    const text = asText(part["text"]);
    if (text !== undefined) return { type: "text", text };
    return { type: part["image"] !== undefined ? "image" : part["audio"] !== undefined ? "audio" : "file" };
  });
}

function countInputs(input: JsonRecord): number | undefined {
  const inputs = input["texts"] ?? input["contents"] ?? input["documents"];
  if (Array.isArray(inputs)) return asList(inputs).length;
  return asFilledText(inputs) === undefined ? undefined : 1;
}
