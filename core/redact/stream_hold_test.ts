import assert from "node:assert/strict";
import type { EventOf, OispEvent } from "../model/oisp_event.ts";
import { createRedactor, type RedactedViews } from "./redactor.ts";
import { RULES } from "./registry.ts";
import { KEY_SHAPES } from "./rules/api_keys.ts";
import { toExampleKey } from "./rules/api_key_shape.ts";

const REQUEST_ID = "01HQXYZ0000000000000000000";

function chunk(index: number, delta: EventOf<"ai.streaming_chunk">["data"]["delta"]): OispEvent {
  return {
    oisp_version: "0.1",
    event_id: REQUEST_ID,
    timestamp: "2026-11-21T10:00:00.000123Z",
    confidence: { level: "high", completeness: "full" },
    event_type: "ai.streaming_chunk",
    data: { related_event_id: REQUEST_ID, chunk_index: index, delta },
  };
}

function response(): OispEvent {
  return {
    oisp_version: "0.1",
    event_id: REQUEST_ID,
    timestamp: "2026-11-21T10:00:01.000123Z",
    confidence: { level: "high", completeness: "full" },
    event_type: "ai.response",
    data: { related_event_id: REQUEST_ID },
  };
}

/** Text shown by all chunk events, and all bytes of all events. */
function stream(pieces: readonly string[], field: "content" | "arguments"): { text: string; all: string } {
  const redactor = createRedactor({ modes: ["masked"] });
  const out: RedactedViews[] = [];
  for (const [index, piece] of pieces.entries()) {
    const delta = field === "content" ? { content: piece } : { tool_calls: [{ arguments: piece }] };
    out.push(...redactor.push(chunk(index, delta)));
  }
  out.push(...redactor.push(response()));
  const events = out.flat();
  const text = events.map((event) => {
    if (event.event_type !== "ai.streaming_chunk") return "";
    return field === "content" ? event.data.delta?.content ?? "" : event.data.delta?.tool_calls?.[0]?.arguments ?? "";
  }).join("");
  assert.equal(events.filter((event) => event.event_type === "ai.streaming_chunk").length, pieces.length);
  return { text, all: JSON.stringify(events) };
}

const PROSE = "and then the reader goes on with a value from the list of words; ".repeat(14);

/** Secrets of every rule, each with the words that explain it. */
const PLANTED: readonly { readonly text: string; readonly secret: string }[] = [
  ...KEY_SHAPES.map((shape) => ({ text: `use ${toExampleKey(shape)} now`, secret: toExampleKey(shape) })),
  { text: "write to anna.k@example.com today", secret: "anna.k@example" },
  { text: "call +1-415-555-2671 today", secret: "415-555-2671" },
  { text: "card 4242 4242 4242 4242 today", secret: "4242 4242 4242" },
  { text: 'the "password": "tulips-9-hidden" today', secret: "tulips-9-hidden" },
  { text: "export DB_PASSWORD=tulips9hidden today", secret: "tulips9hidden" },
  { text: "postgres://app:tulips9hidden@db.example.com/x today", secret: "tulips9hidden" },
  { text: "Authorization: Bearer tulips9hiddenBx7q\nnext", secret: "tulips9hidden" },
  { text: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl today", secret: "c2lnbmF0dXJl" },
  { text: "DE89 3704 0044 0532 0130 00 today", secret: "0532 0130" },
  { text: "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----\nbye", secret: "MIIEvQIBADANBgkq" },
];

Deno.test("no planted secret leaks when it is cut at any offset of a streamed text", () => {
  for (const { text, secret } of PLANTED) {
    for (let cut = 1; cut < text.length; cut++) {
      const shown = stream([PROSE, text.slice(0, cut), text.slice(cut), PROSE, PROSE], "content");
      assert.ok(!shown.all.includes(secret) && !shown.text.includes(secret), `${cut} of ${text}`);
    }
  }
});

Deno.test("no planted secret leaks when it arrives one character at a time", () => {
  for (const { text, secret } of PLANTED.filter((_, index) => index % 9 === 0 || index >= KEY_SHAPES.length)) {
    for (const field of ["content", "arguments"] as const) {
      const shown = stream([PROSE, ...text, ...PROSE.slice(0, 100)], field);
      assert.ok(!shown.text.includes(secret), text);
      assert.ok(shown.text.includes("[REDACTED:"), text);
    }
  }
});

Deno.test("a streamed text without secrets arrives whole, in order, one event a piece", () => {
  const pieces = PROSE.split(/(?<= )/);
  assert.equal(stream(pieces, "content").text, PROSE);
});

Deno.test("a streamed text shows the same as the whole text does", () => {
  const text = PLANTED.map((planted) => planted.text).join(` ${PROSE} \n`);
  const whole = createRedactor({ modes: ["masked"] }).redactText(text);
  let seed = 7;
  for (let round = 0; round < 20; round++) {
    const pieces: string[] = [];
    for (let at = 0; at < text.length;) {
      seed = (seed * 48271) % 2147483647;
      const length = 1 + seed % 90;
      pieces.push(text.slice(at, at + length));
      at += length;
    }
    assert.equal(stream(pieces, "content").text, whole);
  }
});

Deno.test("a private key is held to its end, and one without an end is hidden", () => {
  const lines = ("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC".repeat(2) + "\n").repeat(700);
  const shown = stream(
    ["-----BEGIN PRIVATE KEY-----\n", ...lines.match(/.{1,50}/gs) ?? [], " and more words"],
    "content",
  );
  assert.ok(!shown.text.includes("MIIEvQ"));
  assert.ok(shown.text.endsWith(" and more words"));
});

Deno.test("a stream joined in its middle does not show the rest of a word", () => {
  const redactor = createRedactor({ modes: ["masked"] });
  redactor.push(chunk(5, { content: "nA3cRv8Lq7Zk2XmW4bT5 and on" }));
  const [views] = redactor.endStream(REQUEST_ID);
  const event = views?.[0];
  assert.ok(event?.event_type === "ai.streaming_chunk");
  assert.equal(event.data.delta?.content, " and on");
});

Deno.test("an idle stream is given up after ten minutes and its rest is hidden", () => {
  const redactor = createRedactor({ modes: ["masked"] });
  redactor.advance(1e9);
  redactor.push(chunk(0, { content: "my key is sk-proj-q7Zk" }));
  assert.deepEqual(redactor.advance(500e9), []);
  const [views] = redactor.advance(700e9);
  assert.ok(!JSON.stringify(views).includes("q7Zk"));
  assert.deepEqual(redactor.close(), []);
});

Deno.test("streams are bounded: the oldest is given up for a new one", () => {
  const redactor = createRedactor({ modes: ["masked"] });
  let released = 0;
  for (let i = 0; i < 1500; i++) {
    const event = chunk(0, { content: "word" });
    if (event.event_type === "ai.streaming_chunk") event.data.related_event_id = `stream-${i}`;
    released += redactor.push(event).length;
  }
  assert.equal(released, 1500 - 1024);
  assert.equal(redactor.close().length, 1024);
});

Deno.test("safe mode shows only the length of a piece, at once", () => {
  const redactor = createRedactor({ modes: ["safe"] });
  const [views] = redactor.push(chunk(0, { content: "anna@example.com", tool_calls: [{ arguments: '{"a"' }] }));
  const event = views?.[0];
  assert.ok(event?.event_type === "ai.streaming_chunk");
  assert.deepEqual(event.data.delta, { content_length: 16, tool_calls: [{ arguments: { content_length: 4 } }] });
});

Deno.test("the rules that matched are counted in a streamed piece too", () => {
  const redactor = createRedactor({ modes: ["masked"] });
  redactor.push(chunk(0, { content: "anna@example.com " }));
  const [views] = redactor.close();
  assert.deepEqual(views?.[0]?.data.redaction?.rules, ["email"]);
  assert.ok(RULES.some((rule) => rule.id === "email"));
});
