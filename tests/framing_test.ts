/** One exchange, many framings: the same events, however the bytes were framed and cut. */
import assert from "node:assert/strict";
import { createCallStage } from "../core/decode/call_stage.ts";
import { createDecoder, DECODER_DEFAULTS } from "../core/decode/decoder.ts";
import type { OispEvent } from "../core/model/oisp_event.ts";
import { hostOf, readCorpus, type Recording } from "./corpus/recording.ts";
import { FactMaker } from "./support/facts.ts";
import { type FlowBytes, FRAMINGS, type PlainExchange } from "./support/framing.ts";
import type { Field } from "./support/http2_writer.ts";
import { cut, Random } from "./support/random.ts";
import { testOrSkip } from "./skip.ts";

/** Every so many recordings of the corpus are framed. */
const SAMPLE = 23;
const MAX_BODY_BYTES = 200_000;
const encoder = new TextEncoder();

const OWN: readonly PlainExchange[] = [
  exchange(
    "api.openai.com",
    "/v1/chat/completions",
    {
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "naïve 😀 question" }],
    },
    JSON.stringify({
      id: "chatcmpl-1",
      object: "chat.completion",
      model: "gpt-4o-mini-2024-07-18",
      choices: [{ index: 0, message: { role: "assistant", content: "ключ “x”" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
    }),
  ),
  exchange(
    "api.anthropic.com",
    "/v1/messages",
    { model: "claude-sonnet-4-5", max_tokens: 9, stream: true, messages: [{ role: "user", content: "hi" }] },
    [
      {
        type: "message_start",
        message: {
          id: "msg_1",
          type: "message",
          role: "assistant",
          model: "claude-sonnet-4-5",
          content: [],
          usage: { input_tokens: 7, output_tokens: 1 },
        },
      },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Grüße" } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 5 } },
      { type: "message_stop" },
    ].map((message) => `event: ${message.type}\ndata: ${JSON.stringify(message)}\n\n`).join(""),
    "text/event-stream",
  ),
];

Deno.test("an exchange gives the same events in every framing, whole and cut into records", () => {
  for (const one of OWN) expectSame(one, [0, 1, 2, 3]);
});

const corpus = await readCorpus();

testOrSkip(
  "exchanges of the corpus give the same events in every framing",
  corpus === undefined ? "the corpus of recordings is not beside this project" : undefined,
  () => {
    const sample = (corpus ?? []).filter(({ number, responseBody, requestBody }) =>
      number % SAMPLE === 0 && responseBody.length + requestBody.length < MAX_BODY_BYTES
    );
    let withEvents = 0;
    for (const recording of sample) if (expectSame(toPlain(recording), [0, recording.number + 2]) > 0) withEvents++;
    assert.ok(withEvents > sample.length / 2, `${withEvents} of ${sample.length} give events`);
  },
);

Deno.test("with a lost record an event says so or is right, in every framing; in HTTP/1 the next exchange is untouched", () => {
  for (const one of OWN) {
    for (const [name, framing] of Object.entries(FRAMINGS)) {
      for (let seed = 2; seed < 60; seed++) {
        const steps = framing(one, new Random(seed));
        const whole = decode(steps, seed);
        const { events, isInFirst } = decodeWithLoss(steps, seed);
        const message = `${one.target} as ${name}, seed ${seed}`;
        for (const event of events.filter(isFull)) assert.ok(isStated(event, whole), `${message}: ${event}`);
        const isSequential = name.startsWith("http/1.1") && name !== "http/1.1 pipelined";
        if (isSequential && isInFirst) {
          assert.ok(events.filter(isFull).length >= 2, `${message}: the next exchange suffers`);
        }
      }
    }
  }
});

Deno.test("a connection cut at any place gives right events or marked ones, in every framing", () => {
  for (const one of OWN) {
    for (const [name, framing] of Object.entries(FRAMINGS)) {
      const steps = framing(one, new Random(5));
      const whole = decode(steps, 0);
      const total = steps.reduce((sum, { bytes }) => sum + bytes.length, 0);
      for (let end = 1; end < total; end += 97) {
        for (const event of decode(cutAfter(steps, end), 0).filter(isFull)) {
          assert.ok(isStated(event, whole), `${one.target} as ${name}, cut after ${end} bytes: ${event}`);
        }
      }
    }
  }
});

/** Compares all framings of an exchange; gives how many events it makes. */
function expectSame(one: PlainExchange, seeds: readonly number[]): number {
  let expected: string[] | undefined;
  for (const [name, framing] of Object.entries(FRAMINGS)) {
    for (const seed of seeds) {
      const events = decode(framing(one, new Random(seed)), seed);
      expected ??= events;
      assert.deepEqual(events, expected, `${one.host}${one.target} as ${name}, cut with seed ${seed}`);
    }
  }
  return expected?.length ?? 0;
}

function start() {
  const events: string[] = [];
  const decoder = createDecoder({ ...DECODER_DEFAULTS, bootId: "test", createCallStage }, {
    draft: ({ event }) => void events.push(toComparable(event)),
    verdict: () => {},
  });
  return { decoder, events };
}

function decode(steps: readonly FlowBytes[], seed: number): string[] {
  const { decoder, events } = start();
  const facts = new FactMaker();
  for (const { flow, bytes } of steps) {
    for (const piece of cut(bytes, seed)) decoder.raw(facts.data(flow === "request" ? ">" : "<", piece));
  }
  decoder.raw(facts.connection("closed"));
  decoder.advance(facts.timeNs);
  decoder.close();
  // Streams of HTTP/2 end in any order.
  return events.sort();
}

/** Decodes with one record left out; says whether it was one of the first exchange (of a sequential framing). */
function decodeWithLoss(steps: readonly FlowBytes[], seed: number): { events: string[]; isInFirst: boolean } {
  const facts = new FactMaker();
  const records = steps.flatMap(({ flow, bytes }, step) =>
    cut(bytes, seed).map((piece) => ({ step, fact: facts.data(flow === "request" ? ">" : "<", piece) }))
  );
  const lost = new Random(seed).below(records.length);
  const { decoder, events } = start();
  for (const [index, { fact }] of records.entries()) if (index !== lost) decoder.raw(fact);
  decoder.raw(facts.connection("closed"));
  decoder.advance(facts.timeNs);
  decoder.close();
  return { events, isInFirst: (records[lost]?.step ?? 0) < steps.length / 2 };
}

function cutAfter(steps: readonly FlowBytes[], end: number): FlowBytes[] {
  let left = end;
  return steps.map(({ flow, bytes }) => {
    const part = bytes.subarray(0, Math.max(0, left));
    left -= bytes.length;
    return { flow, bytes: part };
  });
}

/** True when some event of `whole` states everything that `event` does: facts may be absent, none may differ. */
function isStated(event: string, whole: readonly string[]): boolean {
  const { event_type, data } = JSON.parse(event);
  return whole.some((candidate) => isPartOf({ event_type, data }, JSON.parse(candidate)));
}

function isPartOf(part: unknown, whole: unknown): boolean {
  if (typeof part !== "object" || part === null) return part === whole;
  if (typeof whole !== "object" || whole === null) return false;
  const entries = new Map(Object.entries(whole));
  return Array.isArray(part) === Array.isArray(whole) &&
    Object.entries(part).every(([name, value]) => isPartOf(value, entries.get(name)));
}

function isFull(event: string): boolean {
  return event.includes('"completeness":"full"');
}

/** What must not depend on the framing: everything but times and the ids made from them. */
function toComparable({ event_type, data, confidence }: OispEvent): string {
  const timed = new Set(["latency_ms", "time_to_first_token_ms", "stream", "related_event_id", "conversation_id"]);
  return JSON.stringify({
    event_type,
    confidence,
    data: Object.fromEntries(Object.entries(data).filter(([name]) => !timed.has(name))),
  });
}

function exchange(
  host: string,
  target: string,
  request: unknown,
  answer: string,
  type = "application/json",
): PlainExchange {
  return {
    method: "POST",
    host,
    target,
    requestHeaders: [["content-type", "application/json"], ["authorization", "Bearer x"]],
    requestBody: encoder.encode(JSON.stringify(request)),
    status: 200,
    responseHeaders: [["content-type", type], ["x-request-id", "req_1"]],
    responseBody: encoder.encode(answer),
  };
}

/** The recordings' bodies are decoded already: fields that say otherwise are left out, and so are those of the framing. */
function toPlain(recording: Recording): PlainExchange {
  const framing = /^(content-length|content-encoding|transfer-encoding|connection|host|expect|upgrade|trailer|:.*)$/;
  const fields = (headers: Readonly<Record<string, string>>): Field[] =>
    Object.entries(headers).filter(([name]) => !framing.test(name)).map(([name, value]) =>
      [name, value.replace(/[\r\n]+/g, " ").trim()] as const
    );
  return {
    method: recording.method,
    host: hostOf(recording) || "unknown.example",
    target: recording.url.replace(/^https?:\/\/[^/]+/, "") || "/",
    requestHeaders: fields(recording.requestHeaders),
    requestBody: encoder.encode(recording.requestBody),
    status: recording.status,
    responseHeaders: fields(recording.responseHeaders),
    responseBody: encoder.encode(recording.responseBody),
  };
}
