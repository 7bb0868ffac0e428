/**
 * Text Embeddings Inference's own API: embed, which answers with bare vectors. Its rerank is read as reranking, its OpenAI routes
 * as embeddings.
 *
 * @see https://huggingface.github.io/text-embeddings-inference (read 2026-11-21)
 */
import type { ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { Dialect, RequestView, ResponseReader } from "./dialect.ts";
import { asFilledText, asRecord, parseJson } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";

/** Text Embeddings Inference. */
export const hfTei: Dialect = {
  id: "hf_tei",
  summary: "Text Embeddings Inference's embed",
  stability: "experimental",
  docsUrl: "https://huggingface.github.io/text-embeddings-inference",
  matchHead: (head) => (head.method === "POST" && hasPathEnd(head.path, "embed") ? 0.3 : 0),
  matchBody: (json, head) => (hasPathEnd(head.path, "embed") && countInputs(json["inputs"]) !== undefined ? 0.85 : 0),
  matchAnswer: () => 0,
  requestType: () => "embedding",
  decodeRequest,
  createReader: (context) => new TeiReader(context.response.status),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  const inputCount = countInputs(json?.["inputs"]);
  if (json === undefined || inputCount === undefined) return undefined;
  return compact<ModelRequest>({
    requestType: "embedding",
    model: asFilledText(json["model"]),
    isStreaming: false,
    messages: [],
    tools: [],
    parameters: {},
    inputCount,
  });
}

function countInputs(inputs: unknown): number | undefined {
  if (typeof inputs === "string") return 1;
  return Array.isArray(inputs) ? inputs.length : undefined;
}

/** Vectors come one by one when the list is split, or all in one list. */
class TeiReader implements ResponseReader {
  readonly #status: number;
  #count = 0;
  #dimensions: number | undefined;
  #error: ModelResponse["error"];

  constructor(status: number) {
    this.#status = status;
  }

  message(message: BodyMessage): "token" | "meta" {
    const json = parseJson(message.text);
    const record = asRecord(json);
    if (record !== undefined && this.#status >= 400) {
      this.#error = compact({ type: asFilledText(record["error_type"]), message: asFilledText(record["error"]) });
    }
    if (!Array.isArray(json)) return "meta";
    for (const vector of Array.isArray(json[0]) ? json : [json]) this.#vector(vector);
    return "token";
  }

  finish(_isComplete: boolean): ModelResponse {
    return compact<ModelResponse>({
      choices: [],
      embedding: this.#count === 0 ? undefined : compact({ count: this.#count, dimensions: this.#dimensions }),
      error: this.#error,
    });
  }

  #vector(vector: unknown): void {
    if (!Array.isArray(vector) || typeof vector[0] !== "number") return;
    this.#count++;
    this.#dimensions ??= vector.length;
  }
}
