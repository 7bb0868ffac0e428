/**
 * Vertex AI predict over gRPC, as Google's client library asks for embeddings and pictures: the same instances and predictions as
 * in JSON, and decoded as such.
 *
 * @see https://github.com/googleapis/googleapis google/cloud/aiplatform/v1/prediction_service.proto (read 2026-11-21)
 */
import type { ModelRequest } from "../../model/model_call.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { asFilledText } from "./json_access.ts";
import { createProtoReader, readProtoRequest } from "./proto_reader.ts";
import { proto, protoList, type ProtoSchema } from "./protobuf.ts";
import { vertexPredict } from "./vertex_predict.ts";

const PATH = /\/google\.cloud\.aiplatform\.v\w+\.PredictionService\/Predict$/;

/** `PredictRequest`. */
export const PREDICT_REQUEST: ProtoSchema = {
  fields: { 1: proto("endpoint", "text"), 2: protoList("instances", "value"), 3: proto("parameters", "value") },
};

/** `PredictResponse`. */
export const PREDICT_ANSWER: ProtoSchema = {
  fields: { 1: protoList("predictions", "value"), 2: proto("deployedModelId", "text") },
};

/** Vertex AI predict over gRPC. */
export const vertexPredictGrpc: Dialect = {
  id: "vertex_predict_grpc",
  summary: "Vertex AI predict over gRPC: embeddings, pictures and video",
  stability: "experimental",
  docsUrl: "https://cloud.google.com/vertex-ai/docs/reference/rpc",
  matchHead: (head) => (head.method === "POST" && PATH.test(head.path) ? 1 : 0),
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "other",
  decodeRequest,
  createReader: (context) =>
    createProtoReader(vertexPredict.createReader(context), PREDICT_ANSWER, { isStream: false }),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = readProtoRequest(view, PREDICT_REQUEST);
  if (json === undefined) return undefined;
  // The name of an endpoint someone deployed a model to names no model, and then nothing tells what kind of call it is.
  return vertexPredict.decodeRequest({ ...view, json, path: `/${asFilledText(json["endpoint"]) ?? ""}:predict` });
}
