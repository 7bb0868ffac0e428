import assert from "node:assert/strict";
import { MS, Stage } from "../../tests/support/call_stage.ts";
import { writeGrpcMessage, writeProto } from "../../tests/support/proto_writer.ts";
import type { HttpExchange } from "../model/http_exchange.ts";
import { GENERATIVE_LANGUAGE } from "./dialect/gemini_grpc_schema.ts";

const GEMINI = "https://generativelanguage.googleapis.com/google.ai.generativelanguage.v1beta.GenerativeService";
const REQUEST = { model: "models/gemini-2.5-flash", contents: [{ role: "user", parts: [{ text: "hi" }] }] };
const GRPC = { headers: { "content-type": "application/grpc" } };

function toAnswer(text: string, finishReason?: string) {
  return { candidates: [{ content: { parts: [{ text }] }, ...(finishReason !== undefined && { finishReason }) }] };
}

function send(stage: Stage, exchange: HttpExchange, bytes: Uint8Array): void {
  const sink = stage.stage.request(exchange);
  sink?.data(bytes, 1 * MS);
  sink?.end("complete", 1 * MS);
}

/** Answers with the messages, then with trailers, as HTTP/2 does. */
function answer(
  stage: Stage,
  exchange: HttpExchange,
  messages: readonly Uint8Array[],
  trailers: Record<string, string>,
): void {
  const headers = new Map([["content-type", "application/grpc"]]);
  const response = {
    status: 200,
    headers,
    firstByteNs: 2 * MS,
    lastByteNs: 2 * MS,
    wireBodyBytes: 0,
    completeness: "complete" as const,
    reasons: [],
  };
  exchange.response = response;
  const sink = stage.stage.response(exchange);
  messages.forEach((message, index) => {
    response.lastByteNs = (10 + index) * MS;
    sink?.data(writeGrpcMessage(message), response.lastByteNs);
  });
  for (const [name, value] of Object.entries(trailers)) headers.set(name, value);
  sink?.end("complete", response.lastByteNs);
  stage.end(exchange);
}

Deno.test("a streamed Gemini call over gRPC gives a request and a streamed answer", () => {
  const stage = new Stage();
  const exchange = stage.open(`${GEMINI}/StreamGenerateContent`, GRPC);
  send(stage, exchange, writeGrpcMessage(writeProto(REQUEST, GENERATIVE_LANGUAGE.generate)));
  const pieces = [toAnswer("Hel"), toAnswer("lo", "STOP")].map((json) =>
    writeProto(json, GENERATIVE_LANGUAGE.generated)
  );
  answer(stage, exchange, pieces, { "grpc-status": "0" });
  const request = stage.single("ai.request");
  assert.deepEqual([request.data.provider?.id, request.data.model?.id], ["google", "gemini-2.5-flash"]);
  assert.equal(request.data.messages?.[0]?.content, "hi");
  assert.equal(request.confidence.completeness, "full");
  const { data } = stage.single("ai.response");
  assert.deepEqual([data.streaming, data.success, data.finish_reason], [true, true, "stop"]);
  assert.equal(data.choices?.[0]?.message.content, "Hello");
  assert.equal(data.stream?.chunks, 2);
});

Deno.test("a unary call over gRPC is no stream, although it is framed like one", () => {
  const stage = new Stage();
  const exchange = stage.open(`${GEMINI}/GenerateContent`, GRPC);
  send(stage, exchange, writeGrpcMessage(writeProto(REQUEST, GENERATIVE_LANGUAGE.generate)));
  answer(stage, exchange, [writeProto(toAnswer("Hi", "STOP"), GENERATIVE_LANGUAGE.generated)], { "grpc-status": "0" });
  const { data } = stage.single("ai.response");
  assert.deepEqual([data.streaming, data.stream, data.time_to_first_token_ms], [false, undefined, undefined]);
});

Deno.test("a gRPC status other than 0 is an error, with a message or without one", () => {
  for (const messages of [[], [writeProto(toAnswer("Hi"), GENERATIVE_LANGUAGE.generated)]]) {
    const stage = new Stage();
    const exchange = stage.open(`${GEMINI}/GenerateContent`, GRPC);
    send(stage, exchange, writeGrpcMessage(writeProto(REQUEST, GENERATIVE_LANGUAGE.generate)));
    answer(stage, exchange, messages, { "grpc-status": "8", "grpc-message": "quota%20used%20up" });
    const { data } = stage.single("ai.response");
    assert.equal(data.success, false);
    assert.deepEqual(data.error, { type: "RESOURCE_EXHAUSTED", code: "8", message: "quota used up" });
  }
});

Deno.test("a request whose message is cut or too long says that it has no contents", () => {
  const whole = writeGrpcMessage(writeProto(REQUEST, GENERATIVE_LANGUAGE.generate));
  const long = new TextEncoder().encode("x".repeat(5 * 1024 * 1024));
  for (const bytes of [whole.subarray(0, whole.length - 3), writeGrpcMessage(long)]) {
    const stage = new Stage({ maxBodyBytes: 1e8 });
    const exchange = stage.open(`${GEMINI}/GenerateContent`, GRPC);
    send(stage, exchange, bytes);
    stage.end(exchange);
    const { data, confidence } = stage.single("ai.request");
    assert.deepEqual([data.messages, data.model, data.request_type], [undefined, undefined, "chat"]);
    assert.equal(confidence.completeness, "metadata_only");
  }
});

Deno.test("a call whose schema is not public tells who, when and how much, and why no more", () => {
  const stage = new Stage();
  const headers = { "content-type": "application/connect+proto" };
  const exchange = stage.open("https://api2.cursor.sh/aiserver.v1.ChatService/StreamUnifiedChatWithTools", { headers });
  exchange.request.wireBodyBytes = 25;
  send(stage, exchange, writeGrpcMessage(new TextEncoder().encode("\n\x0fclaude-4-sonnet")));
  answer(stage, exchange, [new TextEncoder().encode("\n\x05hello")], {});
  const request = stage.single("ai.request");
  assert.deepEqual([request.data.provider?.id, request.data.model, request.data.messages], [
    "cursor",
    undefined,
    undefined,
  ]);
  assert.deepEqual(request.confidence, {
    level: "low",
    completeness: "metadata_only",
    missing: ["messages", "parameters"],
    reasons: ["no_public_schema"],
  });
  assert.equal(request.attrs?.["request_bytes"], 25);
  const response = stage.single("ai.response");
  assert.deepEqual([response.confidence.level, response.confidence.completeness], ["low", "metadata_only"]);
  assert.ok(response.confidence.reasons?.includes("no_public_schema"));
});
