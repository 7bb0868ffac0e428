/**
 * The ChatGPT web application: messages with parts in, a stream of patches out. A patch has a path, an operation and a value;
 * a bare value repeats the operation before it. Undocumented by the vendor; read from recordings.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6902 for the idea of the patches (read 2026-11-21)
 */
import type { Message, ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { Dialect, RequestView, ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { toFinishReason } from "./finish_reason.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord, parseJson } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";

const PATH = /\/backend-(?:api|anon)\/(?:f\/)?conversation$/;
const TEXT_PATH = "/message/content/parts/0";
const STATUS_PATH = "/message/status";

/** ChatGPT. */
export const webChatgpt: Dialect = {
  id: "web_chatgpt",
  summary: "The ChatGPT web application",
  stability: "experimental",
  docsUrl: "https://chatgpt.com",
  matchHead: (head) => (head.method === "POST" && PATH.test(head.path) ? 0.85 : 0),
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "chat",
  decodeRequest,
  createReader: (context) => new ChatgptReader(context),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const messages = asRecords(json.messages).map(toMessage);
  const conversation = asFilledText(json.conversation_id);
  return compact<ModelRequest>({
    requestType: "chat",
    model: asFilledText(json.model),
    isStreaming: true,
    messages,
    isDelta: true,
    tools: [],
    parameters: {},
    sessionKeys: conversation === undefined ? undefined : { conversation },
  });
}

function toMessage(json: JsonRecord): Message {
  return compact<Message>({
    role: asFilledText(asRecord(json.author)?.role) ?? "user",
    content: joinParts(asRecord(json.content)?.parts),
  });
}

function joinParts(parts: unknown): string | undefined {
  const texts = asList(parts).filter((part) => typeof part === "string");
  return texts.length === 0 ? undefined : texts.join("\n");
}

class ChatgptReader implements ResponseReader {
  readonly #wantsDelta: boolean;
  #message: Message | undefined;
  #requestId: string | undefined;
  #model: string | undefined;
  #finish: string | undefined;
  #error: ModelResponse["error"];
  /** Path of the last patch: a bare value goes there. */
  #lastPath = "";
  hasEnded: boolean | undefined;

  constructor(context: ResponseContext) {
    this.#wantsDelta = context.wantsDelta;
  }

  message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    if (message.text === "[DONE]") {
      this.hasEnded = true;
      return "end";
    }
    const json = asRecord(parseJson(message.text));
    if (json === undefined) return "meta";
    this.hasEnded ??= false;
    const error = asFilledText(json.error) ?? asFilledText(asRecord(json.detail)?.message) ?? asFilledText(json.detail);
    if (error !== undefined) this.#error = { message: error };
    this.#model = asFilledText(asRecord(json.metadata)?.model_slug) ?? this.#model;
    const before = this.#message?.content?.length ?? 0;
    if (json.message !== undefined) this.#whole(asRecord(json.message));
    else this.#patch(json);
    const content = this.#message?.content?.slice(before);
    if (!content) return "meta";
    return this.#wantsDelta ? { content } : "token";
  }

  finish(_isComplete: boolean): ModelResponse {
    return compact<ModelResponse>({
      requestId: this.#requestId,
      model: this.#model,
      choices: this.#message === undefined ? [] : [compact({
        index: 0,
        message: this.#message,
        finishReason: this.#finish === undefined ? undefined : toFinishReason(this.#finish),
        rawFinishReason: this.#finish,
      })],
      error: this.#error,
    });
  }

  #patch(json: JsonRecord): void {
    const path = asText(json.p) ?? this.#lastPath;
    this.#lastPath = path;
    if (json.o === "patch" || Array.isArray(json.v)) {
      for (const inner of asRecords(json.v)) this.#patch(inner);
      return;
    }
    const whole = asRecord(asRecord(json.v)?.message);
    if (whole !== undefined) return this.#whole(whole);
    const text = asText(json.v);
    if (path === TEXT_PATH && text !== undefined && this.#message !== undefined) {
      this.#message.content = json.o === "replace" ? text : (this.#message.content ?? "") + text;
    } else if (path === STATUS_PATH && text === "finished_successfully") this.#finish ??= "stop";
    else if (path === "/message/metadata") this.#metadata(asRecord(json.v));
  }

  /** A message of the assistant as a whole; those of the user and of tools are repeated here and are not the answer. */
  #whole(message: JsonRecord | undefined): void {
    if (message === undefined || asRecord(message.author)?.role !== "assistant") return;
    this.#requestId = asFilledText(message.id) ?? this.#requestId;
    const content = joinParts(asRecord(message.content)?.parts);
    this.#message = compact<Message>({ role: "assistant", content });
    this.#metadata(asRecord(message.metadata));
    this.#lastPath = TEXT_PATH;
    if (message.status === "finished_successfully") this.#finish ??= "stop";
  }

  #metadata(metadata: JsonRecord | undefined): void {
    this.#model = asFilledText(metadata?.model_slug) ?? this.#model;
    const reason = asFilledText(asRecord(metadata?.finish_details)?.type);
    if (reason !== undefined) this.#finish = reason;
  }
}
