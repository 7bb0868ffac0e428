/**
 * The Grok web application: a message in, JSON objects one after the other out, first the pieces of the answer, then the whole of
 * it. Undocumented by the vendor; member names as open clients of the page use them.
 *
 * @see https://grok.com (read 2026-11-21)
 */
import type { Message, ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { Dialect, RequestView, ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asFilledText, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { toWebRequest } from "./web_prompt.ts";

const PATH = /\/rest\/app-chat\/conversations\/(?:new|([^/]+)\/responses)$/;

/** Grok. */
export const webGrok: Dialect = {
  id: "web_grok",
  summary: "The Grok web application",
  stability: "experimental",
  docsUrl: "https://grok.com",
  matchHead: (head) => (head.method === "POST" && PATH.test(head.path) ? 0.85 : 0),
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "chat",
  decodeRequest,
  createReader: (context) => new GrokReader(context),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  const prompt = asFilledText(json?.message);
  if (json === undefined || prompt === undefined) return undefined;
  return toWebRequest({ prompt, conversation: PATH.exec(view.path)?.[1], model: asFilledText(json.modelName) });
}

class GrokReader implements ResponseReader {
  readonly isStream = true;
  hasEnded: boolean | undefined;
  readonly #wantsDelta: boolean;
  #content: string | undefined;
  #reasoning: string | undefined;
  #requestId: string | undefined;
  #model: string | undefined;
  #error: ModelResponse["error"];

  constructor(context: ResponseContext) {
    this.#wantsDelta = context.wantsDelta;
  }

  /** Objects stand on lines of their own; a body whose framing does not say so comes as one message. */
  message(message: BodyMessage): "token" | "meta" | StreamDelta {
    const before = this.#content?.length ?? 0;
    let hasToken = false;
    const whole = parseRecord(message.text);
    if (whole !== undefined) hasToken = this.#document(whole);
    else {
      for (const line of message.text.split("\n")) {
        const json = parseRecord(line);
        if (json !== undefined) hasToken = this.#document(json) || hasToken;
      }
    }
    if (!hasToken) return "meta";
    const content = this.#content?.slice(before);
    return this.#wantsDelta && content ? { content } : "token";
  }

  finish(_isComplete: boolean): ModelResponse {
    const message = compact<Message>({ role: "assistant", content: this.#content, reasoning: this.#reasoning });
    return compact<ModelResponse>({
      requestId: this.#requestId,
      model: this.#model,
      choices: this.#content === undefined && this.#reasoning === undefined ? [] : [{ index: 0, message }],
      error: this.#error,
    });
  }

  /** A new conversation's answer lies one level deeper. Tells whether there is a new piece. */
  #document(json: JsonRecord): boolean {
    const error = asRecord(json.error);
    if (error !== undefined) {
      const { code } = error;
      this.#error = compact({
        code: typeof code === "number" ? String(code) : asFilledText(code),
        message: asFilledText(error.message),
      });
    }
    const result = asRecord(json.result);
    const answer = asRecord(result?.response) ?? result;
    if (answer === undefined) return false;
    this.hasEnded ??= false;
    const whole = asRecord(answer.modelResponse);
    if (whole !== undefined) this.#whole(whole);
    const token = asText(answer.token);
    if (!token) return false;
    if (answer.isThinking === true) this.#reasoning = (this.#reasoning ?? "") + token;
    else this.#content = (this.#content ?? "") + token;
    return true;
  }

  #whole(whole: JsonRecord): void {
    this.hasEnded = true;
    this.#content = asFilledText(whole.message) ?? this.#content;
    this.#requestId = asFilledText(whole.responseId) ?? this.#requestId;
    this.#model = asFilledText(whole.model) ?? this.#model;
  }
}
