/** Streams that lose their end: what is said to be whole is whole, and what is whole is said to be. */
import { notStrictEqual as isNot, ok, strictEqual as is } from "node:assert";
import { createCallStage } from "../core/decode/call_stage.ts";
import { createDecoder, DECODER_DEFAULTS } from "../core/decode/decoder.ts";
import type { EventOf } from "../core/model/oisp_event.ts";
import { type RawCapture, RecordFlag } from "../core/model/raw_capture.ts";
import { FactMaker } from "./support/facts.ts";
import { dataFrame, frame, HpackWriter, PREFACE, requestFields } from "./support/http2_writer.ts";
import { concat } from "./support/random.ts";
import { STREAM_SAMPLES, type StreamSample } from "./support/stream_samples.ts";

type Answer = EventOf<"ai.response">;

/** A way to send so many of a sample's events, and what happens to the others. */
type Transport = (sample: StreamSample, kept: number, facts: FactMaker) => readonly RawCapture[];

const encoder = new TextEncoder();

/** The end of the body is seen: whoever sent it sent no more. */
const ENDED: Readonly<Record<string, Transport>> = {
  "chunked with its last chunk": (sample, kept, facts) => [
    ...asked(sample, facts),
    facts.data("<", responseHead(sample, "Transfer-Encoding: chunked\r\n")),
    ...sample.events.slice(0, kept).map((event) => facts.data("<", toChunk(event))),
    facts.data("<", "0\r\n\r\n"),
    facts.connection("closed"),
  ],
  "content-length reached": (sample, kept, facts) => {
    const body = concat(sample.events.slice(0, kept));
    return [
      ...asked(sample, facts),
      facts.data("<", concat([responseHead(sample, `Content-Length: ${body.length}\r\n`), body])),
      facts.connection("closed"),
    ];
  },
  "HTTP/2 with END_STREAM": (sample, kept, facts) => http2(sample, kept, facts, true),
};

/** The end of the body is not seen, or bytes of it are lost. */
const CUT: Readonly<Record<string, Transport>> = {
  "up to the end of the connection": (sample, kept, facts) => [
    ...asked(sample, facts),
    facts.data("<", responseHead(sample, "Connection: close\r\n")),
    ...sample.events.slice(0, kept).map((event) => facts.data("<", event)),
    facts.connection("closed"),
  ],
  "chunked without its last chunk": (sample, kept, facts) => [
    ...asked(sample, facts),
    facts.data("<", responseHead(sample, "Transfer-Encoding: chunked\r\n")),
    ...sample.events.slice(0, kept).map((event) => facts.data("<", toChunk(event))),
    facts.connection("closed"),
  ],
  "HTTP/2 without END_STREAM": (sample, kept, facts) => http2(sample, kept, facts, false),
  "chunked, its end lost before the next exchange": (sample, kept, facts) => {
    const records = [...sample.events.map(toChunk), encoder.encode("0\r\n\r\n")];
    const first = [
      ...asked(sample, facts),
      facts.data("<", responseHead(sample, "Transfer-Encoding: chunked\r\n")),
      ...lose(records, kept, records.length, facts),
    ];
    return [...first, ...asked(sample, facts, RecordFlag.otherLost), ...whole(sample, facts)];
  },
  "content-length, its end lost before the next exchange": (sample, kept, facts) => {
    const head = responseHead(sample, `Content-Length: ${concat(sample.events).length}\r\n`);
    const first = [...asked(sample, facts), facts.data("<", head), ...lose(sample.events, kept, Infinity, facts)];
    return [...first, ...asked(sample, facts, RecordFlag.otherLost), ...whole(sample, facts)];
  },
  "chunked, a gap before its last chunk": (sample, kept, facts) => [
    ...asked(sample, facts),
    facts.data("<", responseHead(sample, "Transfer-Encoding: chunked\r\n")),
    ...lose(sample.events.map(toChunk), kept, Infinity, facts),
    facts.data("<", "0\r\n\r\n"),
    facts.connection("closed"),
  ],
};

for (const sample of STREAM_SAMPLES) {
  Deno.test(`stream of ${sample.name}: whole, it is full in every transport that shows its end or its own`, () => {
    const { length } = sample.events;
    const expected = factsOf(answerOf(ENDED["chunked with its last chunk"]!, sample, length));
    for (const [name, transport] of [...Object.entries(ENDED), ...Object.entries(CUT).slice(0, 1)]) {
      const answer = answerOf(transport, sample, length);
      is(answer.confidence.completeness, "full", `${name}: ${JSON.stringify(answer.confidence)}`);
      is(answer.data.success, true, name);
      is(factsOf(answer), expected, name);
    }
  });

  Deno.test(`stream of ${sample.name}: without its last events, it is full only where nothing else can be missing`, () => {
    const { length } = sample.events;
    const expected = factsOf(answerOf(ENDED["chunked with its last chunk"]!, sample, length));
    for (const [name, transport] of Object.entries(CUT)) {
      for (let kept = 1; kept < length; kept++) {
        const answer = answerOf(transport, sample, kept);
        if (answer.confidence.completeness === "full") is(factsOf(answer), expected, `${name}, ${kept} of ${length}`);
        else ok((answer.confidence.reasons ?? []).length > 0, name);
        if (factsOf(answer) === expected) continue;
        isNot(answer.data.success, true, `${name}, ${kept} of ${length}`);
        assertMissing(answer, `${name}, ${kept} of ${length}`);
      }
    }
  });
}

Deno.test("a server that never says [DONE] or usage is believed when the body is seen to end", () => {
  const sample = STREAM_SAMPLES.find(({ name }) => name === "openai chat with include_usage")!;
  for (const [name, transport] of Object.entries(ENDED)) {
    const answer = answerOf(transport, sample, sample.events.length - 2);
    is(answer.confidence.completeness, "full", name);
    is(answer.data.finish_reason, "stop", name);
    is(answer.data.usage, undefined, name);
  }
});

function assertMissing({ data, confidence }: Answer, name: string): void {
  const missing = confidence.missing ?? [];
  is(missing.includes("finish_reason"), data.finish_reason === undefined, `${name}: ${missing}`);
  if (data.usage === undefined) ok(missing.includes("usage"), `${name}: ${missing}`);
}

function answerOf(transport: Transport, sample: StreamSample, kept: number): Answer {
  const answers: Answer[] = [];
  const decoder = createDecoder({ ...DECODER_DEFAULTS, bootId: "test", createCallStage }, {
    draft: ({ event }) => void (event.event_type === "ai.response" && answers.push(event)),
    verdict: () => {},
  });
  const facts = new FactMaker();
  for (const fact of transport(sample, kept, facts)) decoder.raw(fact);
  decoder.advance(facts.timeNs);
  decoder.close();
  ok(answers[0] !== undefined, "an answer");
  return answers[0];
}

function factsOf({ data }: Answer): string {
  return JSON.stringify([data.finish_reason, data.usage, data.choices?.map(({ message }) => message)]);
}

function asked(sample: StreamSample, facts: FactMaker, flags = 0): RawCapture[] {
  const body = encoder.encode(JSON.stringify(sample.request));
  const head = `POST ${sample.path} HTTP/1.1\r\nHost: ${sample.host}\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${body.length}\r\n\r\n`;
  return [facts.data(">", concat([encoder.encode(head), body]), { flags })];
}

function whole(sample: StreamSample, facts: FactMaker): RawCapture[] {
  const body = concat(sample.events);
  return [
    facts.data("<", concat([responseHead(sample, `Content-Length: ${body.length}\r\n`), body])),
    facts.connection("closed"),
  ];
}

/** The records from `from` up to `to` are lost. */
function lose(records: readonly Uint8Array[], from: number, to: number, facts: FactMaker): RawCapture[] {
  return records.flatMap((bytes, index) => {
    if (index < from || index >= to) return [facts.data("<", bytes)];
    facts.skip("<", bytes.length);
    return [];
  });
}

function responseHead(sample: StreamSample, fields: string): Uint8Array {
  return encoder.encode(`HTTP/1.1 200 OK\r\nContent-Type: ${sample.contentType}\r\n${fields}\r\n`);
}

function toChunk(bytes: Uint8Array): Uint8Array {
  return concat([encoder.encode(`${bytes.length.toString(16)}\r\n`), bytes, encoder.encode("\r\n")]);
}

function http2(sample: StreamSample, kept: number, facts: FactMaker, hasEnd: boolean): RawCapture[] {
  const [client, server] = [new HpackWriter(), new HpackWriter()];
  const fields = requestFields("POST", sample.path).map(([name, value]) =>
    [name, name === ":authority" ? sample.host : value] as const
  );
  const body = encoder.encode(JSON.stringify(sample.request));
  return [
    facts.data(">", concat([PREFACE, frame(4, 0, 0), client.headers(1, fields, false), dataFrame(1, body, true)])),
    facts.data("<", frame(4, 0, 0)),
    facts.data("<", server.headers(1, [[":status", "200"], ["content-type", sample.contentType]], false)),
    ...sample.events.slice(0, kept).map((event) => facts.data("<", dataFrame(1, event))),
    ...(hasEnd ? [facts.data("<", dataFrame(1, "", true))] : []),
    facts.connection("closed"),
  ];
}
