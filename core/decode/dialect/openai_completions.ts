import type { Message, ModelRequest } from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { Dialect, RequestHead, RequestView, StreamDelta } from "./dialect.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { ChatReader } from "./openai_chat_reader.ts";
import { findEngine } from "./openai_engine.ts";
import { decodeParameters } from "./openai_options.ts";
import { hasPathEnd } from "./path_end.ts";

/** Keys that only such bodies have beside `prompt`. */
const OWN_KEYS = ["max_tokens", "suffix", "echo", "best_of", "logprobs", "n", "stop"] as const;

/**
 * OpenAI Completions (the older text API), also as inline completion of editors and fill-in-the-middle.
 *
 * @see https://platform.openai.com/docs/api-reference/completions (read 2026-08-20)
 */
export const openaiCompletions: Dialect = {
  id: "openai_completions",
  summary: "OpenAI Completions, the older text API",
  stability: "stable",
  docsUrl: "https://platform.openai.com/docs/api-reference/completions",
  matchHead: (head) => {
    if (head.method !== "POST") return 0;
    if (hasPathEnd(head.path, "v1/edits")) return 0.85;
    if (!hasPathEnd(head.path, "completions")) return 0;
    return hasPathEnd(head.path, "chat/completions") || hasPathEnd(head.path, "agents/completions") ? 0 : 0.85;
  },
  matchBody,
  matchAnswer: (json) => {
    if (json?.object === "text_completion") return 1;
    return asText(asRecord(asList(json?.choices)[0])?.text) !== undefined ? 0.7 : 0;
  },
  requestType: () => "completion",
  decodeRequest,
  createReader: (context) => new CompletionsReader(context),
};

function matchBody(json: JsonRecord, head: RequestHead): number {
  if (head.method !== "POST" || json.prompt === undefined || asFilledText(json.model) === undefined) return 0;
  return OWN_KEYS.some((key) => json[key] !== undefined) ? 0.6 : 0.3;
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  const prompt = json?.prompt ?? (json?.instruction === undefined ? undefined : [json.input, json.instruction]);
  if (json === undefined || prompt === undefined) return undefined;
  const request: ModelRequest = {
    requestType: "completion",
    isStreaming: json.stream === true,
    messages: toMessages(prompt),
    tools: [],
    parameters: decodeParameters(json),
  };
  const model = asFilledText(json.model) ?? findEngine(view.path);
  if (model !== undefined) request.model = model;
  return request;
}

/** Prompts as messages of the user; lists of token ids hold no text. */
function toMessages(prompt: unknown): Message[] {
  if (typeof prompt === "string") return [{ role: "user", content: prompt }];
  const messages: Message[] = [];
  for (const entry of asList(prompt)) {
    if (typeof entry === "string") messages.push({ role: "user", content: entry });
  }
  return messages;
}

/** Writer streams the text alone, as the value of a member of that name. */
class CompletionsReader extends ChatReader {
  override message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    const json = message.text.startsWith('{"value"') ? parseRecord(message.text) : undefined;
    const text = asText(json?.value);
    return super.message(text === undefined ? message : { text: JSON.stringify({ choices: [{ index: 0, text }] }) });
  }
}
