/**
 * The Perplexity web application: a question in, blocks of an answer out; every event repeats the answer so far. Undocumented
 * by the vendor; read from recordings.
 *
 * @see https://www.perplexity.ai (read 2026-11-21)
 */
import type { ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { Dialect, RequestView, ResponseReader } from "./dialect.ts";
import { asFilledText, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";

/** Perplexity. */
export const webPerplexity: Dialect = {
  id: "web_perplexity",
  summary: "The Perplexity web application",
  stability: "experimental",
  docsUrl: "https://www.perplexity.ai",
  matchHead: (head) => (head.method === "POST" && hasPathEnd(head.path, "perplexity_ask") ? 0.85 : 0),
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "chat",
  decodeRequest,
  createReader: () => new PerplexityReader(),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const params = asRecord(json.params);
  const question = asFilledText(json.query_str) ?? asFilledText(params?.query_str);
  return compact<ModelRequest>({
    requestType: "chat",
    model: asFilledText(params?.model_preference),
    isStreaming: true,
    messages: question === undefined ? [] : [{ role: "user", content: question }],
    isDelta: true,
    tools: [],
    parameters: {},
  });
}

class PerplexityReader implements ResponseReader {
  #last: JsonRecord | undefined;
  #text: string | undefined;

  message(message: BodyMessage): "token" | "meta" | "end" {
    const json = parseRecord(message.text);
    if (json === undefined) return "meta";
    this.#last = json;
    const text = readBlocks(json);
    if (json.text_completed === true || json.final === true) {
      this.#text = text ?? this.#text;
      return "end";
    }
    if (text === undefined || text === this.#text) return "meta";
    this.#text = text;
    return "token";
  }

  finish(_isComplete: boolean): ModelResponse {
    const isDone = this.#last?.text_completed === true || this.#last?.final === true;
    return compact<ModelResponse>({
      requestId: asFilledText(this.#last?.uuid),
      model: asFilledText(this.#last?.display_model),
      choices: this.#text === undefined ? [] : [compact({
        index: 0,
        message: { role: "assistant", content: this.#text },
        finishReason: isDone ? "stop" as const : undefined,
      })],
    });
  }
}

/** The answer stands in one block; where it is cut into pieces, they are joined. */
function readBlocks(json: JsonRecord): string | undefined {
  for (const block of asRecords(json.blocks)) {
    const markdown = asRecord(block.markdown_block);
    if (markdown === undefined) continue;
    const answer = asText(markdown.answer);
    if (answer !== undefined) return answer;
    if (Array.isArray(markdown.chunks)) return markdown.chunks.filter((piece) => typeof piece === "string").join("");
  }
  return undefined;
}
