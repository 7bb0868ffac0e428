/**
 * The Gemini web application: a form whose field `f.req` is JSON inside JSON, answered by rows of which those named `wrb.fr` hold
 * JSON again. Values have places, not names; each row repeats the answer so far. Undocumented by the vendor; places as open
 * clients of the page use them.
 *
 * @see https://gemini.google.com (read 2026-11-21)
 */
import type { Choice, ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { Dialect, RequestView, ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { readFormFields } from "./form_fields.ts";
import { asFilledText, asList, asText, parseJson } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";
import { toWebRequest } from "./web_prompt.ts";

/** Name of the rows that hold results. */
const RESULT_ROW = "wrb.fr";

/** Gemini on the web. */
export const webGoogleRpc: Dialect = {
  id: "web_google_rpc",
  summary: "The Gemini web application",
  stability: "experimental",
  docsUrl: "https://gemini.google.com",
  matchHead: (head) => (head.method === "POST" && hasPathEnd(head.path, "StreamGenerate") ? 0.85 : 0),
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "chat",
  decodeRequest,
  createReader: (context) => new GeminiWebReader(context),
};

/** `[null, "[[prompt, …], languages, [conversation, answer, choice], …]"]` */
function decodeRequest(view: RequestView): ModelRequest | undefined {
  const field = asFilledText(readFormFields(view)?.["f.req"]);
  if (field === undefined) return undefined;
  const inner = asList(parseJson(asText(asList(parseJson(field))[1]) ?? ""));
  const prompt = asFilledText(asList(inner[0])[0]);
  if (prompt === undefined) return undefined;
  return toWebRequest({ prompt, conversation: asFilledText(asList(inner[2])[0]) });
}

class GeminiWebReader implements ResponseReader {
  readonly isStream = true;
  readonly #wantsDelta: boolean;
  #texts: string[] = [];
  #requestId: string | undefined;

  constructor(context: ResponseContext) {
    this.#wantsDelta = context.wantsDelta;
  }

  message(message: BodyMessage): "token" | "meta" | StreamDelta {
    const before = this.#texts[0] ?? "";
    let hasGrown = false;
    for (const row of asList(parseJson(message.text))) {
      const [name, , payload] = asList(row);
      if (name === RESULT_ROW && typeof payload === "string") {
        hasGrown = this.#result(asList(parseJson(payload))) || hasGrown;
      }
    }
    if (!hasGrown) return "meta";
    const now = this.#texts[0] ?? "";
    return this.#wantsDelta && now.startsWith(before) ? { content: now.slice(before.length) } : "token";
  }

  finish(): ModelResponse {
    return compact<ModelResponse>({
      requestId: this.#requestId,
      choices: this.#texts.map((content, index): Choice => ({ index, message: { role: "assistant", content } })),
    });
  }

  /** `[…, [conversation, answer], …, …, [[choice, [texts], …], …]]`; tells whether there is more text than before. */
  #result(result: readonly unknown[]): boolean {
    this.#requestId = asFilledText(asList(result[1])[1]) ?? this.#requestId;
    const texts = asList(result[4]).flatMap((choice) => {
      const parts = asList(asList(choice)[1]).filter((part) => typeof part === "string");
      return parts.length === 0 ? [] : [parts.join("")];
    });
    if (texts.length === 0) return false;
    const hasGrown = texts.join("") !== this.#texts.join("");
    this.#texts = texts;
    return hasGrown;
  }
}
