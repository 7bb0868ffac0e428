/**
 * Sourcegraph Cody: messages by speaker in; events with what is new of a completion, or with all of it, out.
 *
 * @see https://github.com/sourcegraph/cody, lib/shared/src/sourcegraph-api/completions (read 2026-11-21)
 */
import type { Choice, Message, ModelError, ModelRequest, ModelResponse, ToolResult } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import { CallOrder } from "./call_order.ts";
import type { Dialect, RequestView, ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asFilledText, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { ChatChoice } from "./openai_chat_choice.ts";
import { decodeBareError, decodeOpenAiError } from "./openai_error.ts";
import { decodeOpenAiTools } from "./openai_options.ts";
import { decodeOpenAiUsage } from "./openai_usage.ts";
import { toToolCall } from "./tool_call_builder.ts";
import { toWordTable } from "./word_table.ts";

const PATH = /\/\.api\/completions\/(?:stream|code)$/;

const ROLES = toWordTable<string>({ human: "user", assistant: "assistant", system: "system" });

/** Sourcegraph Cody. */
export const cody: Dialect = {
  id: "cody",
  summary: "Sourcegraph Cody's completions",
  stability: "experimental",
  docsUrl: "https://github.com/sourcegraph/cody",
  matchHead: (head) => (head.method === "POST" && PATH.test(head.path) ? 0.95 : 0),
  matchBody: (json) =>
    "maxTokensToSample" in json && asRecords(json["messages"]).some((message) => "speaker" in message) ? 0.9 : 0,
  matchAnswer: (json) => (typeof json?.["deltaText"] === "string" ? 0.8 : 0),
  requestType: (head) => (head.path.endsWith("/code") ? "completion" : "chat"),
  decodeRequest,
  createReader: (context) => new CodyReader(context),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined || !Array.isArray(json["messages"])) return undefined;
  const messages = asRecords(json["messages"]).map(readMessage);
  const systems = messages.filter(({ role }) => role === "system").flatMap(({ content }) => content ?? []);
  return compact<ModelRequest>({
    requestType: cody.requestType(view),
    model: asFilledText(json["model"]),
    isStreaming: json["stream"] !== false,
    messages,
    messageCount: messages.filter(({ role }) => role !== "system").length,
    systemPrompt: systems.length === 0 ? undefined : systems.join("\n"),
    tools: decodeOpenAiTools(json),
    parameters: compact<Record<string, unknown>>({
      temperature: json["temperature"] ?? undefined,
      top_p: json["topP"] ?? undefined,
      top_k: json["topK"] ?? undefined,
      max_tokens: json["maxTokensToSample"] ?? undefined,
      stop: json["stopSequences"] ?? undefined,
    }),
  });
}

function readMessage(json: JsonRecord): Message {
  const speaker = asText(json["speaker"]) ?? "human";
  const message: Message = { role: ROLES[speaker] ?? speaker };
  const text = asText(json["text"]) ?? asText(json["content"]);
  if (text !== undefined) message.content = text;
  for (const part of asRecords(json["content"])) addPart(message, part);
  return message;
}

function addPart(message: Message, part: JsonRecord): void {
  const text = asText(part["text"]);
  if (text !== undefined) message.content = message.content === undefined ? text : `${message.content}\n${text}`;
  const call = asRecord(part["tool_call"]);
  if (call !== undefined) {
    const facts = { id: asFilledText(call["id"]), name: asText(call["name"]) ?? "", type: "function" };
    (message.toolCalls ??= []).push(toToolCall(facts, asText(call["arguments"]) ?? "", true));
  }
  const result = asRecord(part["tool_result"]);
  if (result !== undefined) {
    (message.toolResults ??= []).push(
      compact<ToolResult>({ callId: asFilledText(result["id"]), content: asText(result["content"]) }),
    );
  }
  if (part["type"] === "image_url") message.imageCount = (message.imageCount ?? 0) + 1;
  if (part["type"] === "context_file" || part["type"] === "context_repo") {
    message.fileCount = (message.fileCount ?? 0) + 1;
  }
}

class CodyReader implements ResponseReader {
  readonly #context: ResponseContext;
  readonly #choice = new ChatChoice(0);
  readonly #callOrder = new CallOrder();
  #hasChoice = false;
  #isStream = false;
  #isDone = false;
  #usage: Usage | undefined;
  #error: ModelError | undefined;

  constructor(context: ResponseContext) {
    this.#context = context;
  }

  get hasEnded(): boolean | undefined {
    return this.#isStream ? this.#isDone : undefined;
  }

  message({ name, text }: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    if (name !== undefined) this.#isStream = true;
    if (name === "done") {
      this.#isDone = true;
      return "end";
    }
    const json = parseRecord(text);
    if (json === undefined) return "meta";
    const error = decodeOpenAiError(json) ?? (this.#context.response.status >= 400 ? decodeBareError(json) : undefined);
    if (error !== undefined) {
      this.#error = error;
      return "meta";
    }
    return this.#completion(json);
  }

  gap(): void {
    this.#choice.gap();
  }

  finish(isComplete: boolean): ModelResponse {
    const choices: Choice[] = this.#hasChoice ? [this.#choice.finish(isComplete)] : [];
    return compact<ModelResponse>({ choices, usage: this.#usage, error: this.#error });
  }

  #completion(json: JsonRecord): "token" | "meta" | StreamDelta {
    const reason = asFilledText(json["stopReason"]);
    if (reason !== undefined) this.#choice.rawFinishReason = reason;
    const usage = asRecord(json["usage"]);
    if (usage !== undefined) this.#usage = decodeOpenAiUsage(usage, []);
    const content = asText(json["deltaText"]) ?? this.#newPart(asText(json["completion"]));
    const reasoning = asFilledText(json["delta_thinking"]);
    const calls = asRecords(json["delta_tool_calls"]).map((call) => this.#callOrder.toDelta(call));
    const hasOutput = this.#choice.takeDelta(compact<Record<string, unknown>>({
      content,
      reasoning_content: reasoning,
      tool_calls: calls.length === 0 ? undefined : calls,
    }));
    this.#hasChoice ||= hasOutput || reason !== undefined;
    if (!hasOutput) return "meta";
    return this.#context.wantsDelta ? compact<StreamDelta>({ content: content || undefined, reasoning }) : "token";
  }

  /** Older servers say everything again with each event. */
  #newPart(whole: string | undefined): string | undefined {
    const known = this.#choice.content ?? "";
    if (whole === undefined || whole.startsWith(known)) return whole?.slice(known.length);
    this.#choice.content = undefined;
    return whole;
  }
}
