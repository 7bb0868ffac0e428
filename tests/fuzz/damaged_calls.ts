import assert from "node:assert/strict";
import type { ResponseContext } from "../../core/decode/dialect/dialect.ts";
import type { ModelResponse } from "../../core/model/model_call.ts";
import type { FuzzTarget } from "../support/fuzz.ts";
import type { Random } from "../support/random.ts";
import { makeJson } from "./dialects.ts";
import { VENDOR_CALLS, type VendorCall } from "./vendor_calls.ts";

/** One target a documented call: its parts lost, doubled, or of another type, in the request, the answer and a poll. */
export const DAMAGED_CALL_FUZZ: readonly FuzzTarget[] = VENDOR_CALLS.map((call) => ({
  name: `damaged call ${call.dialect.id}`,
  run: (random) => fuzzCall(call, random),
}));

function fuzzCall(call: VendorCall, random: Random): void {
  const { dialect, path } = call;
  const head = { method: "POST", path, query: "", host: "a.example", headers: new Map<string, string>() };
  const isComplete = !random.once(4);
  const request = dialect.decodeRequest({
    ...head,
    json: damage(call.request, random),
    messages: [],
    isComplete,
    quirks: [],
  });
  if (request !== undefined) assertJson(request);
  const response = { status: random.pick([200, 200, 201, 422]), headers: new Map<string, string>(), contentType: "" };
  const context: ResponseContext = { request, head, response, quirks: [], wantsDelta: random.once(2) };
  let earlier = read(context, call.answer, random);
  if (call.poll === undefined) return;
  for (let count = random.below(3); count > 0; count--) {
    const polled = { ...context, head: { ...head, method: "GET", path: call.poll.path }, earlier };
    earlier = read(polled, [{ json: call.poll.json }], random);
  }

  function read(of: ResponseContext, messages: VendorCall["answer"], seeded: Random): ModelResponse {
    const reader = dialect.createReader(of);
    for (const { name, json } of messages) {
      if (seeded.once(9)) continue;
      const text = seeded.once(20) ? "[" : JSON.stringify(damage(json, seeded)) ?? "";
      reader.message({ text, ...(name !== undefined && { name }) });
    }
    const answer = reader.finish(seeded.once(2));
    assertJson(answer);
    return answer;
  }
}

/** What is published has to survive JSON: no undefined list members, no cycles, no NaN. */
function assertJson(value: unknown): void {
  assert.deepEqual(JSON.parse(JSON.stringify(value)), value);
}

/** The same with about every tenth part damaged. */
function damage(value: unknown, random: Random): unknown {
  if (random.once(12)) {
    return random.pick([
      null,
      0,
      -1,
      1.5,
      true,
      "",
      "x",
      "constructor",
      "__proto__",
      "é\ud800",
      [],
      {},
      [null],
      makeJson(random),
    ]);
  }
  if (Array.isArray(value)) {
    return value.flatMap((part) =>
      random.once(12) ? [] : Array.from({ length: random.once(12) ? 2 : 1 }, () => damage(part, random))
    );
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]) => random.once(16) ? [] : [[key, damage(part, random)]]),
  );
}
