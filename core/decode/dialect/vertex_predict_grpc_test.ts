import assert from "node:assert/strict";
import { writeProto } from "../../../tests/support/proto_writer.ts";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { PREDICT_ANSWER, PREDICT_REQUEST, vertexPredictGrpc } from "./vertex_predict_grpc.ts";

const PATH = "/google.cloud.aiplatform.v1.PredictionService/Predict";
const MODELS = "projects/p/locations/us-central1/publishers/google/models";

function decode(endpoint: string) {
  const bytes = writeProto(
    { endpoint, instances: [{ content: "a" }, { content: "b" }], parameters: {} },
    PREDICT_REQUEST,
  );
  const messages = [{ name: "binary", text: "", bytes }];
  return vertexPredictGrpc.decodeRequest({ ...toRequestView({ path: PATH }), messages });
}

Deno.test("vertex_predict_grpc reads embeddings as their JSON would be read", () => {
  const request = decode(`${MODELS}/text-embedding-005`);
  assert.deepEqual([request?.requestType, request?.model, request?.inputCount], ["embedding", "text-embedding-005", 2]);
  const vector = { embeddings: { values: [0.1, 0.2, 0.3], statistics: { token_count: 4, truncated: false } } };
  const bytes = writeProto({ predictions: [vector, vector] }, PREDICT_ANSWER);
  const { answer } = readAnswer(vertexPredictGrpc, [{ name: "binary", text: "", bytes }], { path: PATH });
  assert.deepEqual(answer.embedding, { count: 2, dimensions: 3 });
  assert.deepEqual(answer.usage, { inputTokens: 8, totalTokens: 8 });
});

Deno.test("vertex_predict_grpc takes no model and no kind from the name of an endpoint", () => {
  const request = decode("projects/p/locations/us-central1/endpoints/123");
  assert.deepEqual([request?.requestType, request?.model], ["other", undefined]);
});

Deno.test("vertex_predict_grpc gives nothing of what is no message, and is found by its method only", () => {
  const messages = [{ name: "binary", text: "", bytes: Uint8Array.of(0xff) }];
  assert.equal(vertexPredictGrpc.decodeRequest({ ...toRequestView({ path: PATH }), messages }), undefined);
  assert.equal(vertexPredictGrpc.matchHead(toRequestView({ path: PATH })), 1);
  assert.equal(vertexPredictGrpc.matchHead(toRequestView({ path: `${PATH}Raw` })), 0);
});
