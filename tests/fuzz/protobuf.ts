import assert from "node:assert/strict";
import { AI_PLATFORM, GENERATIVE_LANGUAGE } from "../../core/decode/dialect/gemini_grpc_schema.ts";
import { type ProtoKind, type ProtoSchema, readProto } from "../../core/decode/dialect/protobuf.ts";
import { PREDICT_ANSWER, PREDICT_REQUEST } from "../../core/decode/dialect/vertex_predict_grpc.ts";
import { XAI_ANSWER, XAI_CHUNK, XAI_REQUEST } from "../../core/decode/dialect/xai_grpc_schema.ts";
import { warp } from "../../core/decode/dialect/warp.ts";
import { WARP_EVENT, WARP_REQUEST } from "../../core/decode/dialect/warp_schema.ts";
import type { FuzzTarget } from "../support/fuzz.ts";
import { writeProto } from "../support/proto_writer.ts";
import { damage, type Random } from "../support/random.ts";

const SCHEMAS: readonly ProtoSchema[] = [
  ...Object.values(AI_PLATFORM),
  ...Object.values(GENERATIVE_LANGUAGE),
  XAI_REQUEST,
  XAI_ANSWER,
  XAI_CHUNK,
  PREDICT_REQUEST,
  PREDICT_ANSWER,
  WARP_REQUEST,
  WARP_EVENT,
];

/** Warp's conversations and events of any shape. */
export const warpFuzz: FuzzTarget = {
  name: "warp",
  run(random) {
    const head = { method: "POST", path: "/ai/multi-agent", query: "", headers: new Map<string, string>() };
    const bytes = writeProto(makeMessage(WARP_REQUEST, random, 6), WARP_REQUEST);
    const messages = [{ name: "binary", text: "", bytes }];
    const request = warp.decodeRequest({ ...head, json: undefined, messages, isComplete: true, quirks: [] });
    if (request !== undefined) assert.deepEqual(JSON.parse(JSON.stringify(request)), request);
    const response = { status: random.pick([200, 429]), headers: new Map<string, string>(), contentType: "" };
    const reader = warp.createReader({ request, head, response, quirks: [], wantsDelta: random.once(2) });
    for (let count = random.below(6); count > 0; count--) {
      reader.message({ text: writeProto(makeMessage(WARP_EVENT, random, 7), WARP_EVENT).toBase64() });
    }
    const answer = reader.finish(random.once(2));
    assert.deepEqual(JSON.parse(JSON.stringify(answer)), answer);
  },
};

/** Messages of every table, whole and damaged: what was written is read, and no bytes throw. */
export const protobufFuzz: FuzzTarget = {
  name: "protobuf",
  run(random) {
    const schema = random.pick(SCHEMAS);
    const json = makeMessage(schema, random, 4);
    const bytes = writeProto(json, schema);
    assert.deepEqual(readProto(bytes, schema), json);
    const damaged = random.once(4) ? random.bytes(random.below(60)) : damage(bytes, random);
    const read = readProto(damaged, schema);
    if (read !== undefined) JSON.stringify(read);
    readProto(bytes.subarray(0, random.below(bytes.length + 1)), schema);
  },
};

function makeMessage({ fields }: ProtoSchema, random: Random, depth: number): Record<string, unknown> {
  const json: Record<string, unknown> = {};
  for (const { name, kind, isList } of Object.values(fields)) {
    if (random.once(2) || (typeof kind === "object" && "fields" in kind && depth === 0)) continue;
    const count = isList ? 1 + random.below(3) : 1;
    const values = Array.from({ length: count }, () => makeField(kind, random, depth));
    json[name] = isList ? values : values[0];
  }
  return json;
}

function makeField(kind: ProtoKind, random: Random, depth: number): unknown {
  switch (kind) {
    case "text":
      return random.pick(["", "a", "é😀", "x".repeat(200)]);
    case "media":
      return "";
    case "integer":
      return random.pick([0, 1, 127, 128, 2 ** 31, 2 ** 32, 2 ** 53 - 1]);
    case "flag":
      return random.once(2);
    case "float":
      return random.pick([0, 0.7, 1, 1.5, -0.25, 1e-7, 65504]);
    case "double":
      return random.pick([0, 0.1, -1e300]);
    case "floats":
      return new Array(random.below(4)).fill(0);
    case "struct":
      return makeStruct(random, depth);
    case "value":
      return makeValue(random, depth);
  }
  if ("names" in kind) return random.pick(Object.values(kind.names));
  return makeMessage(kind, random, depth - 1);
}

function makeStruct(random: Random, depth: number): Record<string, unknown> {
  const json: Record<string, unknown> = {};
  for (let count = random.below(4); count > 0; count--) {
    json[random.pick(["a", "b", "é", "", "constructor"])] = makeValue(random, depth - 1);
  }
  return json;
}

function makeValue(random: Random, depth: number): unknown {
  if (depth > 0 && random.once(4)) return makeStruct(random, depth);
  if (depth > 0 && random.once(4)) return Array.from({ length: random.below(3) }, () => makeValue(random, depth - 1));
  return random.pick([null, true, false, 0, -1.5, "", "x"]);
}
