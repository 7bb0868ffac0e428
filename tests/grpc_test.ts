/** gRPC as it stands on the wire: HTTP/2 with trailers, messages cut by frames, calls side by side on one connection. */
import assert from "node:assert/strict";
import { createCallStage } from "../core/decode/call_stage.ts";
import { createDecoder, DECODER_DEFAULTS } from "../core/decode/decoder.ts";
import { GENERATIVE_LANGUAGE } from "../core/decode/dialect/gemini_grpc_schema.ts";
import type { EventOf, EventType, OispEvent } from "../core/model/oisp_event.ts";
import { FactMaker } from "./support/facts.ts";
import { dataFrame, type Field, frame, HpackWriter, PREFACE } from "./support/http2_writer.ts";
import { writeGrpcMessage, writeProto } from "./support/proto_writer.ts";
import { concat, cut } from "./support/random.ts";

const PATH = "/google.ai.generativelanguage.v1beta.GenerativeService/StreamGenerateContent";
const HEAD: readonly Field[] = [
  [":method", "POST"],
  [":scheme", "https"],
  [":authority", "generativelanguage.googleapis.com"],
  [":path", PATH],
  ["content-type", "application/grpc"],
];

function question(text: string): Uint8Array {
  const json = { model: "models/gemini-2.5-flash", contents: [{ role: "user", parts: [{ text }] }] };
  return writeGrpcMessage(writeProto(json, GENERATIVE_LANGUAGE.generate));
}

function piece(text: string, finishReason?: string): Uint8Array {
  const json = {
    candidates: [{ content: { parts: [{ text }] }, ...(finishReason !== undefined && { finishReason }) }],
  };
  return writeGrpcMessage(writeProto(json, GENERATIVE_LANGUAGE.generated));
}

/** Both directions of a connection with three calls: one answered, one refused at once, one that fails in the middle. */
function conversation(): { sent: Uint8Array; received: Uint8Array } {
  const client = new HpackWriter();
  const server = new HpackWriter();
  const calls = [1, 3, 5].map((id) => {
    const body = question(`question ${id}`);
    return [client.headers(id, HEAD, false), dataFrame(id, body.subarray(0, 7)), dataFrame(id, body.subarray(7), true)];
  });
  const head: readonly Field[] = [[":status", "200"], ["content-type", "application/grpc"]];
  return {
    sent: concat([PREFACE, frame(4, 0, 0), ...calls.flat()]),
    received: concat([
      frame(4, 0, 0),
      server.headers(1, head, false),
      server.headers(5, head, false),
      dataFrame(1, concat([piece("Hel"), piece("lo", "STOP").subarray(0, 9)])),
      server.headers(3, [...head, ["grpc-status", "16"], ["grpc-message", "no%20key"]], true),
      dataFrame(5, piece("Ha")),
      dataFrame(1, piece("lo", "STOP").subarray(9)),
      server.headers(1, [["grpc-status", "0"]], true),
      server.headers(5, [["grpc-status", "14"]], true),
    ]),
  };
}

function decode(seed: number): readonly OispEvent[] {
  const events: OispEvent[] = [];
  const decoder = createDecoder({ ...DECODER_DEFAULTS, bootId: "grpc", createCallStage }, {
    draft: ({ event }) => void events.push(event),
    verdict: () => {},
  });
  const facts = new FactMaker();
  const { sent, received } = conversation();
  for (const bytes of cut(sent, seed)) decoder.raw(facts.data(">", bytes));
  for (const bytes of cut(received, seed)) decoder.raw(facts.data("<", bytes));
  decoder.close();
  return events;
}

function ofType<T extends EventType>(events: readonly OispEvent[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.event_type === type);
}

Deno.test("gRPC calls side by side on one HTTP/2 connection each have their request, answer and status", () => {
  for (const seed of [0, 1, 2, 3]) {
    const events = decode(seed);
    const requests = ofType(events, "ai.request").map(({ data }) => data);
    assert.deepEqual(requests.map(({ messages }) => messages?.[0]?.content), [
      "question 1",
      "question 3",
      "question 5",
    ]);
    const answers = ofType(events, "ai.response").map(({ data }) => data);
    const find = (id: number) => {
      const asked = events.find(({ data }) => JSON.stringify(data).includes(`question ${id}`));
      return answers.find(({ related_event_id }) => related_event_id === asked?.event_id);
    };
    assert.deepEqual([find(1)?.success, find(1)?.choices?.[0]?.message.content], [true, "Hello"], `seed ${seed}`);
    assert.equal(find(1)?.finish_reason, "stop");
    assert.deepEqual([find(3)?.success, find(3)?.error?.type, find(3)?.error?.message], [
      false,
      "UNAUTHENTICATED",
      "no key",
    ]);
    assert.deepEqual([find(5)?.success, find(5)?.error?.type], [false, "UNAVAILABLE"]);
    assert.equal(find(5)?.choices?.[0]?.message.content, "Ha");
  }
});
