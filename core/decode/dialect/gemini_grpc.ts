/**
 * Gemini over gRPC, as Google's client libraries call it: the same requests and answers as JSON, in protobuf, on the Gemini API and
 * on Vertex AI. What is read is turned into that JSON and decoded as such.
 *
 * @see https://ai.google.dev/api and https://cloud.google.com/vertex-ai/docs/reference/rpc (read 2026-11-21)
 */
import type { ModelRequest } from "../../model/model_call.ts";
import type { Dialect, RequestHead, RequestView } from "./dialect.ts";
import { gemini } from "./gemini.ts";
import { AI_PLATFORM, type GeminiMessages, GENERATIVE_LANGUAGE } from "./gemini_grpc_schema.ts";
import { createProtoReader, readProtoRequest } from "./proto_reader.ts";
import { asText } from "./json_access.ts";
import type { ProtoSchema } from "./protobuf.ts";

const PATH =
  /\/google\.(ai\.generativelanguage|cloud\.aiplatform)\.v\w+\.(?:GenerativeService|PredictionService|LlmUtilityService)\/(\w+)$/;

/** Messages of a call by the name of its method. */
const METHODS: Readonly<Record<string, readonly [request: keyof GeminiMessages, answer: keyof GeminiMessages]>> = {
  GenerateContent: ["generate", "generated"],
  StreamGenerateContent: ["generate", "generated"],
  CountTokens: ["count", "counted"],
  EmbedContent: ["embed", "embedded"],
  BatchEmbedContents: ["embedBatch", "embeddedBatch"],
};

interface Rpc {
  /** The method as JSON paths name it. */
  readonly method: string;
  readonly request: ProtoSchema;
  readonly answer: ProtoSchema;
}

/** Gemini over gRPC. */
export const geminiGrpc: Dialect = {
  id: "gemini_grpc",
  summary: "Google Gemini over gRPC: Gemini API and Vertex AI",
  stability: "experimental",
  docsUrl: "https://ai.google.dev/api",
  matchHead: (head) => (head.method === "POST" && findRpc(head) !== undefined ? 1 : 0),
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: (head) => gemini.requestType({ ...head, path: toJsonPath(undefined, findRpc(head)) }),
  decodeRequest,
  createReader: (context) => {
    const rpc = findRpc(context.head);
    const isStream = rpc?.method === "streamGenerateContent";
    return createProtoReader(gemini.createReader(context), rpc?.answer, { isStream });
  },
};

function findRpc({ path }: RequestHead): Rpc | undefined {
  const found = PATH.exec(path);
  const name = found?.[2] ?? "";
  const messages = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (messages === undefined) return undefined;
  const service = found?.[1] === "cloud.aiplatform" ? AI_PLATFORM : GENERATIVE_LANGUAGE;
  return {
    method: name.charAt(0).toLowerCase() + name.slice(1),
    request: service[messages[0]],
    answer: service[messages[1]],
  };
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const rpc = findRpc(view);
  const json = readProtoRequest(view, rpc?.request);
  if (json === undefined) return undefined;
  // The name of an endpoint someone deployed a model to names no model.
  const model = /\/?(?:models|tunedModels)\/([^/]+)$/.exec(asText(json["model"]) ?? "")?.[1];
  const { model: _model, ...body } = json;
  return gemini.decodeRequest({ ...view, json: body, path: toJsonPath(model, rpc) });
}

/** The path that the same call has in JSON. */
function toJsonPath(model: string | undefined, rpc: Rpc | undefined): string {
  const method = rpc?.method ?? "";
  return model === undefined ? `/v1internal:${method}` : `/models/${model}:${method}`;
}
