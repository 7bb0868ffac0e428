/**
 * fal: the path names the model, the body is the model's own input. Asked on the queue's host the work is taken on, and status and
 * result have addresses of their own; asked on the other one the answer is the result.
 *
 * @see https://fal.ai/docs/documentation/model-apis/inference/queue and the vendor's Python client (read 2026-11-21)
 */
import type { ModelError, ModelRequest, ModelResponse } from "../../model/model_call.ts";
import { toAddress, toPendingWork } from "./address.ts";
import type { Dialect, RequestView, ResponseContext } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { decodeOpenAiError } from "./openai_error.ts";
import { hasPathEnd } from "./path_end.ts";

/** Enough on a host that lists the format, too little anywhere else. */
const ONLY_WITH_HOST = 0.3;

/** fal. */
export const fal: Dialect = {
  id: "fal",
  summary: "fal's models, asked at once or through its queue: model, prompt, number of outputs",
  stability: "experimental",
  docsUrl: "https://fal.ai/docs/documentation/model-apis/inference/queue",
  matchHead: (head) => (head.method === "POST" && /^\/[^/]+\/[^/]/.test(head.path) ? ONLY_WITH_HOST : 0),
  matchBody: () => 0,
  matchAnswer: (json) =>
    typeof json?.["request_id"] === "string" && typeof json["response_url"] === "string" && "status_url" in json
      ? 0.8
      : 0,
  requestType: () => "other",
  decodeRequest,
  createReader: (context) => createDocumentReader(context, readAnswer, { hasOwnErrors: true }),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const input = asRecord(view.json);
  if (input === undefined) return undefined;
  const prompt = asText(input["prompt"]) ?? asText(input["text"]);
  const isStreaming = hasPathEnd(view.path, "stream");
  return compact<ModelRequest>({
    requestType: "other",
    model: view.path.replace(/^\/|(?:\/stream)?\/?$/g, ""),
    isStreaming,
    messages: prompt === undefined ? [] : [{ role: "user", content: prompt }],
    systemPrompt: asFilledText(input["system_prompt"]),
    tools: [],
    parameters: compact<Record<string, unknown>>({ seed: input["seed"], n: input["num_images"] }),
  });
}

function readAnswer(json: JsonRecord, context: ResponseContext): Partial<ModelResponse> {
  const status = toAddress(json["status_url"]);
  const result = toAddress(json["response_url"]);
  const isTaken = context.earlier === undefined && status !== undefined && result !== undefined;
  if (isTaken || (context.earlier !== undefined && hasPathEnd(context.head.path, "status"))) {
    return readState(json, context, status, result);
  }
  const requestId = asFilledText(json["request_id"]);
  return compact<Partial<ModelResponse>>({ ...readOutput(json), requestId, error: decodeOpenAiError(json) });
}

/** The status never brings the output itself, but it tells when there will be none. */
function readState(
  json: JsonRecord,
  context: ResponseContext,
  ...addresses: readonly (string | undefined)[]
): Partial<ModelResponse> {
  const message = asFilledText(json["error"]);
  const requestId = asFilledText(json["request_id"]);
  if (message !== undefined) {
    const error = compact<ModelError>({ type: asFilledText(json["error_type"]), message });
    return compact<Partial<ModelResponse>>({ requestId, error });
  }
  const pending = toPendingWork(context, ...addresses);
  return compact<Partial<ModelResponse>>({ requestId, isAccepted: true, pending });
}

function readOutput(json: JsonRecord): Partial<ModelResponse> {
  const text = asText(json["output"]) ?? asText(json["text"]);
  if (text !== undefined) return { choices: [{ index: 0, message: { role: "assistant", content: text } }] };
  for (const name of ["images", "videos"]) {
    const listed = json[name];
    if (Array.isArray(listed)) return { outputCount: listed.length };
  }
  const files = ["image", "video", "audio", "audio_file", "model_mesh"].filter((name) => asRecord(json[name])?.["url"]);
  return files.length > 0 ? { outputCount: files.length } : {};
}
