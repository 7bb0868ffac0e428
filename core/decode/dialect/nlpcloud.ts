/**
 * NLP Cloud: the path names the model and what it is asked for; each task has its own input. Long tasks are asked for under `async`
 * and their outcome is fetched from the address in the answer.
 *
 * @see https://docs.nlpcloud.com and the vendor's Python and JavaScript clients (read 2026-11-21)
 */
import type { Message, ModelRequest, ModelResponse, RequestType } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import { toAddress, toPendingWork } from "./address.ts";
import type { Dialect, RequestHead, RequestView, ResponseContext } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";

/** `/v1/[gpu/][async/][language/]MODEL/TASK`, where a model of a customer's own is `custom-model/ID`. */
const PATH = /\/v1\/(?:gpu\/)?(?:async\/)?(?:[a-z]{3}_[A-Z][a-z]{3}\/)?((?:custom-model\/)?[^/]+)\/([a-z-]+)$/;

const TYPES: ReadonlyMap<string, RequestType> = new Map<string, RequestType>(Object.entries({
  chatbot: "chat",
  generation: "completion",
  "ad-generation": "completion",
  "code-generation": "completion",
  "gs-correction": "completion",
  paraphrasing: "completion",
  question: "completion",
  summarization: "completion",
  translation: "completion",
  "image-generation": "image",
  asr: "audio",
  "speech-synthesis": "audio",
  embeddings: "embedding",
  classification: "other",
  entities: "other",
  "intent-classification": "other",
  "kw-kp-extraction": "other",
  langdetection: "other",
  "semantic-search": "other",
  "semantic-similarity": "other",
  sentiment: "other",
}));

/** Members that hold a task's text. */
const TEXTS = [
  "response",
  "generated_text",
  "summary_text",
  "translation_text",
  "answer",
  "generated_code",
  "correction",
  "paraphrased_text",
  "text",
  "intent",
] as const;

/** NLP Cloud. */
export const nlpcloud: Dialect = {
  id: "nlpcloud",
  summary: "NLP Cloud: chat, texts, embeddings and its other tasks, at once or fetched later",
  stability: "experimental",
  docsUrl: "https://docs.nlpcloud.com",
  matchHead: (head) => (head.method === "POST" && isTask(head) ? 0.3 : 0),
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType,
  decodeRequest,
  createReader: (context) => createDocumentReader(context, readAnswer, { hasOwnErrors: context.earlier !== undefined }),
};

/** The last word of the path is looked at first: every request of every vendor passes here. */
function isTask(head: RequestHead): boolean {
  return TYPES.has(head.path.slice(head.path.lastIndexOf("/") + 1)) && PATH.test(head.path);
}

function readPath(head: RequestHead): { readonly model: string; readonly task: string } | undefined {
  const [, model, task] = PATH.exec(head.path) ?? [];
  return model === undefined || task === undefined ? undefined : { model, task };
}

function requestType(head: RequestHead): RequestType {
  return TYPES.get(readPath(head)?.task ?? "") ?? "other";
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const type = requestType(view);
  const inputs = json["sentences"];
  return compact<ModelRequest>({
    requestType: type,
    model: readPath(view)?.model,
    isStreaming: json["stream"] === true,
    messages: type === "chat" ? readConversation(json) : type === "embedding" ? [] : readText(json),
    messageCount: type === "chat" ? readConversation(json).length : undefined,
    systemPrompt: type === "chat" ? asFilledText(json["context"]) : undefined,
    tools: [],
    parameters: compact<Record<string, unknown>>({
      temperature: json["temperature"] ?? undefined,
      top_p: json["top_p"] ?? undefined,
      top_k: json["top_k"] ?? undefined,
      max_tokens: json["max_length"] ?? undefined,
      stop: json["end_sequence"] ?? undefined,
      n: json["num_return_sequences"] ?? undefined,
    }),
    inputCount: Array.isArray(inputs) ? asList(inputs).length : undefined,
  });
}

function readConversation(json: JsonRecord): Message[] {
  const messages = asRecords(json["history"]).flatMap((turn) => [
    compact<Message>({ role: "user", content: asText(turn["input"]) }),
    compact<Message>({ role: "assistant", content: asText(turn["response"]) }),
  ]);
  return [...messages, compact<Message>({ role: "user", content: asText(json["input"]) })];
}

function readText(json: JsonRecord): Message[] {
  const text = asText(json["text"]) ?? asText(json["question"]) ?? asText(json["instruction"]);
  return text === undefined ? [] : [{ role: "user", content: text }];
}

function readAnswer(json: JsonRecord, context: ResponseContext): Partial<ModelResponse> {
  const address = toAddress(json["url"]);
  // What a task was asked for under `async` comes in `content`, as text, when it is finished.
  if (context.earlier === undefined && /\/async\//.test(context.head.path) && address !== undefined) {
    return compact<Partial<ModelResponse>>({ isAccepted: true, pending: toPendingWork(context, address) });
  }
  if (context.earlier !== undefined) return readOutcome(json, context);
  return readResult(json);
}

function readOutcome(json: JsonRecord, context: ResponseContext): Partial<ModelResponse> {
  const content = parseRecord(asText(json["content"]) ?? "");
  const message = asFilledText(json["error_detail"]);
  if (message !== undefined) return { error: { message } };
  if (content === undefined) {
    return compact<Partial<ModelResponse>>({ isAccepted: true, pending: toPendingWork(context) });
  }
  return readResult(content);
}

function readResult(json: JsonRecord): Partial<ModelResponse> {
  const name = TEXTS.find((member) => typeof json[member] === "string");
  const vectors = asList(json["embeddings"]);
  const [first] = vectors;
  return compact<Partial<ModelResponse>>({
    choices: name === undefined
      ? undefined
      : [{ index: 0, message: { role: "assistant", content: asText(json[name]) ?? "" } }],
    embedding: Array.isArray(first) ? { count: vectors.length, dimensions: first.length } : undefined,
    usage: readUsage(json),
    outputCount: asFilledText(json["url"]) === undefined ? undefined : 1,
  });
}

function readUsage(json: JsonRecord): Usage | undefined {
  const inputTokens = asCount(json["nb_input_tokens"]);
  const outputTokens = asCount(json["nb_generated_tokens"]);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const isWhole = inputTokens !== undefined && outputTokens !== undefined;
  return compact<Usage>({ inputTokens, outputTokens, totalTokens: isWhole ? inputTokens + outputTokens : undefined });
}
