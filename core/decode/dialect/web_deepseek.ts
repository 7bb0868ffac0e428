/**
 * The DeepSeek web application: a prompt in, a stream of patches to one answer out. A patch has a path, an operation and a value;
 * a bare value repeats path and operation of the one before. Undocumented by the vendor; members as open clients of the page use them.
 *
 * @see https://chat.deepseek.com (read 2026-11-21)
 */
import type { ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import { DeepseekAnswer } from "./deepseek_answer.ts";
import type { Dialect, RequestView, ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asFilledText, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";
import { toWebRequest } from "./web_prompt.ts";

/** Patches inside patches are one level deep. */
const MAX_DEPTH = 4;

/** DeepSeek on the web. */
export const webDeepseek: Dialect = {
  id: "web_deepseek",
  summary: "The DeepSeek web application",
  stability: "experimental",
  docsUrl: "https://chat.deepseek.com",
  matchHead: (head) => (head.method === "POST" && hasPathEnd(head.path, "api/v0/chat/completion") ? 0.85 : 0),
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "chat",
  decodeRequest,
  createReader: (context) => new DeepseekReader(context),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  const prompt = asFilledText(json?.prompt);
  if (json === undefined || prompt === undefined) return undefined;
  return toWebRequest({ prompt, conversation: asFilledText(json.chat_session_id) });
}

class DeepseekReader implements ResponseReader {
  hasEnded: boolean | undefined;
  readonly #wantsDelta: boolean;
  readonly #answer = new DeepseekAnswer();
  #path = "";
  #operation: string | undefined;
  #error: ModelResponse["error"];

  constructor(context: ResponseContext) {
    this.#wantsDelta = context.wantsDelta;
  }

  message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    if (message.name === "close") {
      this.hasEnded = true;
      return "end";
    }
    const json = parseRecord(message.text);
    if (json === undefined) return "meta";
    if (json.v === undefined) return this.#document(json);
    this.hasEnded ??= false;
    const { contentLength, thoughtLength } = this.#answer;
    this.#patch(json);
    if (this.#answer.isFinished) this.hasEnded = true;
    const hasText = this.#answer.contentLength > contentLength;
    if (!hasText && this.#answer.thoughtLength === thoughtLength) return "meta";
    return this.#wantsDelta && hasText ? { content: this.#answer.content.slice(contentLength) } : "token";
  }

  finish(_isComplete: boolean): ModelResponse {
    const choice = this.#answer.toChoice();
    return compact<ModelResponse>({ choices: choice === undefined ? [] : [choice], error: this.#error });
  }

  #patch(json: JsonRecord): void {
    this.#path = asText(json.p) ?? this.#path;
    // A path without an operation sets the value; a bare value repeats the operation as well.
    if (json.p !== undefined || json.o !== undefined) this.#operation = asText(json.o);
    const whole = this.#path === "" ? asRecord(asRecord(json.v)?.response) : undefined;
    if (whole !== undefined) this.#answer.start(whole);
    else this.#apply(this.#path, this.#operation, json.v, 0);
  }

  #apply(path: string, operation: string | undefined, value: unknown, depth: number): void {
    if (operation !== "BATCH") return this.#answer.apply(path, operation, value);
    if (depth >= MAX_DEPTH) return;
    for (const inner of asRecords(value)) {
      this.#apply(`${path}/${asText(inner.p) ?? ""}`, asText(inner.o), inner.v, depth + 1);
    }
  }

  /** Refusals come as a document with a code that is not 0. */
  #document(json: JsonRecord): "meta" {
    const code = typeof json.code === "number" && json.code !== 0 ? json.code : asRecord(json.data)?.biz_code;
    const message = asFilledText(json.msg) ?? asFilledText(asRecord(json.data)?.biz_msg);
    if (typeof code === "number" && code !== 0) this.#error = compact({ code: String(code), message });
    return "meta";
  }
}
