/**
 * Mistral's conversations, with a model or an agent: the vendor keeps what was said, runs its own tools and hands over between agents.
 *
 * @see https://docs.mistral.ai/api/endpoint/beta/conversations (fields as its own clients read them, 2026-11-21)
 */
import type { Message, ModelRequest } from "../../model/model_call.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { ConversationReader } from "./mistral_conversations_reader.ts";
import { addContent } from "./openai_message.ts";
import { decodeOpenAiTools, decodeParameters, decodeToolChoice } from "./openai_options.ts";
import { toToolCall } from "./tool_call_builder.ts";

/** A new conversation, the next turn of one, or one that is taken up again at an earlier entry. OpenAI has the same path. */
const PATH = /(?:^|\/)v1\/conversations(?:\/([^/]+)(?:\/restart)?)?$/;

/** Enough only on a host whose row lists this format. */
const ONLY_WITH_HOST = 0.3;

/** Mistral's conversations. */
export const mistralConversations: Dialect = {
  id: "mistral_conversations",
  summary: "Conversations with models and agents of Mistral",
  stability: "experimental",
  docsUrl: "https://docs.mistral.ai/api/endpoint/beta/conversations",
  matchHead: (head) => (head.method === "POST" && PATH.test(head.path) ? ONLY_WITH_HOST : 0),
  matchBody: (json, head) => (head.method === "POST" && PATH.test(head.path) && json["inputs"] !== undefined ? 0.7 : 0),
  matchAnswer: (json) =>
    json?.["object"] === "conversation.response" || json?.["type"] === "conversation.response.started" ? 1 : 0,
  requestType: () => "chat",
  decodeRequest,
  createReader: (context) => new ConversationReader(context),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  const inputs = json?.["inputs"];
  if (json === undefined || inputs === undefined) return undefined;
  const text = asText(inputs);
  const messages = text !== undefined ? [{ role: "user", content: text }] : asList(inputs).flatMap(toMessages);
  const settings = asRecord(json["completion_args"]) ?? {};
  const conversation = PATH.exec(view.path)?.[1];
  return compact<ModelRequest>({
    requestType: "chat",
    model: asFilledText(json["model"]),
    isStreaming: json["stream"] === true,
    messages,
    messageCount: messages.length,
    systemPrompt: asFilledText(json["instructions"]),
    isDelta: conversation === undefined ? undefined : true,
    sessionKeys: conversation === undefined ? undefined : { conversation },
    tools: decodeOpenAiTools(json),
    toolChoice: decodeToolChoice(settings["tool_choice"]),
    parameters: decodeParameters(settings),
  });
}

/** Entries are messages, calls of functions and of the vendor's own tools, and results. */
function toMessages(value: unknown): Message[] {
  const entry = asRecord(value);
  if (entry === undefined) return [];
  const type = asText(entry["type"]) ?? "";
  if (type === "function.result") return [toResult(entry)];
  if (type === "function.call" || type === "tool.execution") return [toCall(entry, type)];
  if (type === "agent.handoff") return [];
  const message: Message = { role: asFilledText(entry["role"]) ?? (type === "message.output" ? "assistant" : "user") };
  addContent(message, entry["content"]);
  return [message];
}

function toResult(entry: JsonRecord): Message {
  const callId = asFilledText(entry["tool_call_id"]);
  const content = asText(entry["result"]);
  return compact<Message>({
    role: "tool",
    content,
    toolResults: [compact({ callId, content })],
  });
}

function toCall(entry: JsonRecord, type: string): Message {
  const isOwn = type === "tool.execution";
  const facts = {
    id: asFilledText(entry["tool_call_id"]) ?? asFilledText(entry["id"]),
    name: asFilledText(entry["name"]) ?? "",
    type: isOwn ? "server" : "function",
  };
  const given = entry["arguments"];
  const call = toToolCall(facts, typeof given === "string" ? given : JSON.stringify(given ?? {}), true);
  return { role: "assistant", toolCalls: [isOwn ? { ...call, isServerSide: true } : call] };
}
