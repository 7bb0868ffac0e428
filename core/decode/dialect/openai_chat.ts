import type { ModelRequest } from "../../model/model_call.ts";
import { type Dialect, type RequestHead, type RequestView } from "./dialect.ts";
import { asFilledText, asList, asRecord, type JsonRecord } from "./json_access.ts";
import { decodeOpenAiMessages, isSystemRole } from "./openai_message.ts";
import { decodeOpenAiTools, decodeParameters, decodeToolChoice } from "./openai_options.ts";
import { ChatReader } from "./openai_chat_reader.ts";
import { hasPathEnd } from "./path_end.ts";

/** Enough on a host that lists the format, too little anywhere else. */
const ONLY_WITH_HOST = 0.3;

/** Paths of Maritaca (an older one), MiniMax and Snowflake Cortex; Writer's is too short to stand here. */
const PATHS_OF_HOSTS = ["api/chat/inference", "text/chatcompletion_v2", "cortex/inference:complete"] as const;

/** Databricks names its models in the path, and serves models of every kind there. */
const SERVED_BY_DATABRICKS = /^\/serving-endpoints\/[^/]+\/invocations$/;

/** Portkey keeps the messages under a name; the request brings what is filled in, and settings. */
const STORED_PROMPT = /\/prompts\/[^/]+\/completions$/;

/** Keys that only chat completions bodies have. */
const OWN_KEYS = [
  "max_completion_tokens",
  "stream_options",
  "frequency_penalty",
  "presence_penalty",
  "response_format",
  "logprobs",
  "functions",
  "n",
] as const;

/**
 * OpenAI Chat Completions, and the servers and gateways that speak it.
 *
 * @see https://platform.openai.com/docs/api-reference/chat (read 2026-08-20)
 */
export const openaiChat: Dialect = {
  id: "openai_chat",
  summary: "OpenAI Chat Completions and everything that speaks it",
  stability: "stable",
  docsUrl: "https://platform.openai.com/docs/api-reference/chat",
  matchHead: (head) => {
    if (head.method !== "POST") return 0;
    if (hasPathEnd(head.path, "chat/completions") || hasPathEnd(head.path, "agents/completions")) return 1;
    if (STORED_PROMPT.test(head.path)) return 0.9;
    return isWriterChat(head) || PATHS_OF_HOSTS.some((end) => hasPathEnd(head.path, end)) ? ONLY_WITH_HOST : 0;
  },
  matchBody,
  matchAnswer: (json) => {
    if (json === undefined) return 0;
    if (json.object === "chat.completion" || json.object === "chat.completion.chunk") return 1;
    const choice = asRecord(asList(json.choices)[0]);
    return choice !== undefined && (asRecord(choice.message) ?? asRecord(choice.delta)) !== undefined ? 0.8 : 0;
  },
  requestType: () => "chat",
  decodeRequest,
  createReader: (context) => new ChatReader(context),
};

function matchBody(json: JsonRecord, head: RequestHead): number {
  if (head.method !== "POST" || !Array.isArray(json.messages)) return 0;
  const first = asRecord(json.messages[0]);
  if (first === undefined || asFilledText(first.role) === undefined) return 0;
  const isLikely = OWN_KEYS.some((key) => json[key] !== undefined) || hasFunctionTool(json);
  return isLikely || SERVED_BY_DATABRICKS.test(head.path) ? 0.7 : 0.5;
}

function isWriterChat(head: RequestHead): boolean {
  return head.host === "api.writer.com" && hasPathEnd(head.path, "v1/chat");
}

function hasFunctionTool(json: JsonRecord): boolean {
  return asRecord(asRecord(asList(json.tools)[0])?.function) !== undefined;
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  const model = asFilledText(json?.model);
  const hasList = Array.isArray(json?.messages);
  // Without a list of messages it will be refused, and still be a call.
  if (json === undefined || (!hasList && model === undefined && !STORED_PROMPT.test(view.path))) return undefined;
  const messages = decodeOpenAiMessages(asList(json.messages));
  const request: ModelRequest = {
    requestType: "chat",
    isStreaming: json.stream === true,
    messages,
    tools: decodeOpenAiTools(json),
    parameters: decodeParameters(json),
  };
  if (model !== undefined) request.model = model;
  if (hasList) addSystemFacts(request);
  const choice = decodeToolChoice(json.tool_choice ?? json.function_call);
  if (choice !== undefined) request.toolChoice = choice;
  const cacheKey = asFilledText(json.prompt_cache_key);
  if (cacheKey !== undefined) request.sessionKeys = { prompt_cache_key: cacheKey };
  return request;
}

/** System text is no message of the conversation, wherever it stands. */
export function addSystemFacts(request: ModelRequest): void {
  let systemPrompt: string | undefined;
  let count = 0;
  for (const message of request.messages) {
    if (!isSystemRole(message.role)) count++;
    else if (message.content !== undefined) {
      systemPrompt = systemPrompt === undefined ? message.content : `${systemPrompt}\n${message.content}`;
    }
  }
  request.messageCount = count;
  if (systemPrompt !== undefined) request.systemPrompt = systemPrompt;
}
