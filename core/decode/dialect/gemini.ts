/**
 * Google Gemini: generateContent, streamGenerateContent, countTokens and the embedding methods, on the Gemini API, on Vertex AI
 * and inside Code Assist envelopes. Whether an answer streams is the method's name, not a body field.
 *
 * @see https://ai.google.dev/api/generate-content (read 2026-11-21)
 */
import type { ModelRequest, RequestType } from "../../model/model_call.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import {
  geminiField,
  readGeminiContents,
  readGeminiSystem,
  readGeminiTools,
  unwrapGeminiAnswer,
} from "./gemini_content.ts";
import { createGeminiReader } from "./gemini_reader.ts";
import { CALLING_MODES, toWord } from "./gemini_words.ts";
import { asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";

const REQUEST_TYPE_BY_METHOD: Readonly<Record<string, RequestType>> = {
  generateContent: "chat",
  streamGenerateContent: "chat",
  generateAnswer: "chat",
  countTokens: "count_tokens",
  computeTokens: "count_tokens",
  embedContent: "embedding",
  batchEmbedContents: "embedding",
  batchGenerateContent: "batch",
};

/** Published parameter names by the names of `generationConfig`. */
const PARAMETER_NAMES: Readonly<Record<string, string>> = {
  temperature: "temperature",
  topP: "top_p",
  topK: "top_k",
  maxOutputTokens: "max_tokens",
  stopSequences: "stop",
  seed: "seed",
  candidateCount: "n",
  presencePenalty: "presence_penalty",
  frequencyPenalty: "frequency_penalty",
  responseMimeType: "response_format",
};

/** Model and method of a path such as `/v1beta/models/gemini-2.5-flash:generateContent`; undefined for other paths. */
export function parseGeminiPath(path: string): { model?: string; method: string } | undefined {
  const colon = path.lastIndexOf(":");
  const method = path.slice(colon + 1);
  if (colon < 0 || !(method in REQUEST_TYPE_BY_METHOD)) return undefined;
  const before = path.slice(0, colon);
  if (before.endsWith("/v1internal")) return { method };
  const model = /\/(?:models|tunedModels)\/([^/]+)$/.exec(before)?.[1];
  return model === undefined ? undefined : { model: decodeModel(model), method };
}

function decodeModel(model: string): string {
  try {
    return decodeURIComponent(model);
  } catch {
    return model;
  }
}

/** Gemini, on every host that serves it. */
export const gemini: Dialect = {
  id: "gemini",
  summary: "Google Gemini generateContent, streaming, token counting and embeddings",
  stability: "stable",
  docsUrl: "https://ai.google.dev/api/generate-content",
  matchHead: (head) => (head.method === "POST" && parseGeminiPath(head.path) !== undefined ? 1 : 0),
  matchBody: (json, head) => {
    // Contents that are stored for later calls look like a call's.
    if (hasPathEnd(head.path, "cachedContents")) return 0;
    const body = asRecord(json["request"]) ?? json;
    return Array.isArray(body["contents"]) && asRecords(body["contents"]).some((content) => "parts" in content)
      ? 0.95
      : 0;
  },
  matchAnswer: (json) => {
    const answer = unwrapGeminiAnswer(json);
    if (answer === undefined) return 0;
    // Cached contents have counts, too.
    const hasCounts = "usageMetadata" in answer && ("modelVersion" in answer || "responseId" in answer);
    return hasCounts || "candidates" in answer || "promptFeedback" in answer ? 0.95 : 0;
  },
  requestType: (head) => REQUEST_TYPE_BY_METHOD[parseGeminiPath(head.path)?.method ?? ""] ?? "chat",
  decodeRequest,
  createReader: createGeminiReader,
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  // Code Assist wraps the Gemini request and puts the model beside it.
  const body = asRecord(json["request"]) ?? asRecord(json["generateContentRequest"]) ?? json;
  const path = parseGeminiPath(view.path);
  const messages = readGeminiContents(body["contents"]);
  const requestType = gemini.requestType(view);
  const isEmbedding = requestType === "embedding";
  return compact<ModelRequest>({
    requestType,
    model: path?.model ?? stripModelsPrefix(asText(json["model"]) ?? asText(body["model"])),
    isStreaming: path?.method === "streamGenerateContent",
    messages: isEmbedding ? [] : messages,
    messageCount: isEmbedding || body["contents"] === undefined ? undefined : messages.length,
    systemPrompt: readGeminiSystem(geminiField(body, "systemInstruction")),
    tools: readGeminiTools(body["tools"]),
    toolChoice: readToolChoice(body),
    parameters: readParameters(body),
    inputCount: isEmbedding ? countInputs(body) : undefined,
    sessionKeys: readSessionKeys(json, body),
  });
}

function stripModelsPrefix(model: string | undefined): string | undefined {
  return model?.startsWith("models/") ? model.slice("models/".length) : model;
}

function countInputs(body: JsonRecord): number | undefined {
  if (Array.isArray(body["requests"])) return body["requests"].length;
  return body["content"] === undefined ? undefined : 1;
}

function readToolChoice(body: JsonRecord): string | undefined {
  const config = asRecord(geminiField(asRecord(geminiField(body, "toolConfig")), "functionCallingConfig"));
  return toWord(config?.["mode"], CALLING_MODES)?.toLowerCase();
}

function readParameters(body: JsonRecord): Record<string, unknown> {
  const config = asRecord(geminiField(body, "generationConfig"));
  const parameters: Record<string, unknown> = {};
  for (const [name, published] of Object.entries(PARAMETER_NAMES)) {
    const value = geminiField(config, name);
    if (value !== undefined && value !== null) parameters[published] = value;
  }
  const thinking = asRecord(geminiField(config, "thinkingConfig"));
  const effort = geminiField(thinking, "thinkingLevel") ?? geminiField(thinking, "thinkingBudget");
  if (effort !== undefined && effort !== null) parameters["reasoning_effort"] = effort;
  return parameters;
}

function readSessionKeys(json: JsonRecord, body: JsonRecord): Record<string, string> | undefined {
  const session = asText(body["session_id"]) ?? asText(json["session_id"]);
  const turn = asText(json["user_prompt_id"]);
  return session === undefined && turn === undefined ? undefined : compact({ session, turn });
}
