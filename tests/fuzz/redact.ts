import assert from "node:assert/strict";
import type { OispEvent, RedactionMode } from "../../core/model/oisp_event.ts";
import { createRedactor } from "../../core/redact/redactor.ts";
import type { FuzzTarget } from "../support/fuzz.ts";
import type { Random } from "../support/random.ts";

const SECRETS = [
  "sk-proj-q7Zk2XmW4bT5nA3cRv8L",
  "anna.k@example.com",
  "4242 4242 4242 4242",
  "ghp_q7Zk2XmW4bT5nA3cRv8Lq7Zk2XmW4bT5nA3c",
];
/** What rules look for, what encloses secrets, and what hurts scanners. */
const PIECES = [
  " ",
  "\n",
  "\r\n",
  "word ",
  "naïve “quoted” 😀 ",
  "password=",
  '"token": "',
  "https://user:",
  "@host/?key=",
  "Authorization: Bearer ",
  "-----BEGIN PRIVATE KEY-----\n",
  "-----END PRIVATE KEY-----",
  "eyJhbGciOiJIUzI1NiJ9.",
  "+49 30 ",
  "0123456789",
  "\\u0040",
  "\\",
  "%40",
  "%",
  "&#64;",
  "\u200b",
  "４２",
  "\ud83d",
  '{"a":',
  "]}",
  '"',
  "'",
  "$".repeat(30),
  "a".repeat(40),
  "[REDACTED:email]",
];
const MODES: readonly RedactionMode[] = ["safe", "masked", "minimal", "full"];

/** Texts, values and streams of any shape through the redactor: nothing throws, no planted secret is shown, all is JSON. */
export const redactFuzz: FuzzTarget = {
  name: "redact",
  run(random) {
    const secret = random.pick(SECRETS);
    const redactor = createRedactor({ modes: MODES, hashKey: new Uint8Array(32) });
    const views = [
      ...redactor.push(makeEvent(random, secret, random.below(1000))),
      ...redactor.push(makeChunk(random, secret, 0)),
      ...redactor.push(makeChunk(random, secret, 1)),
      ...redactor.close(),
    ];
    for (const [index, mode] of MODES.entries()) {
      const text = JSON.stringify(views.map((set) => set[index]));
      assert.equal(JSON.stringify(JSON.parse(text)), text);
      if (mode !== "full") assert.ok(!text.includes(secret), `${mode} shows ${secret}`);
    }
    const masked = redactor.redactText(makeText(random, secret));
    assert.ok(!masked.includes(secret));
  },
};

/** The secret stands between characters that cannot be part of it. */
function makeText(random: Random, secret: string): string {
  let text = "";
  const count = random.below(12);
  const place = random.below(count + 1);
  for (let i = 0; i <= count; i++) text += i === place ? ` ${secret} ` : random.pick(PIECES);
  return text;
}

function makeValue(random: Random, secret: string, depth: number): unknown {
  const kind = depth > 4 ? 0 : random.below(5);
  if (kind === 1) return [makeValue(random, secret, depth + 1), random.below(1e9)];
  if (kind === 2) return { [makeText(random, secret)]: makeValue(random, secret, depth + 1), ok: null };
  if (kind === 3) return JSON.stringify({ inner: makeValue(random, secret, depth + 1) });
  return makeText(random, secret);
}

function toEvent(eventType: string, data: unknown): OispEvent {
  return {
    oisp_version: "0.1",
    event_id: "01HQXYZ0000000000000000000",
    timestamp: "2026-11-21T10:00:00.000123Z",
    confidence: { level: "high", completeness: "full" },
    event_type: eventType,
    data,
  } as unknown as OispEvent;
}

function makeEvent(random: Random, secret: string, number: number): OispEvent {
  const text = makeText(random, secret);
  return random.pick([
    toEvent("agent.tool_call", { tool: { name: text }, arguments: makeValue(random, secret, 0), remark: text }),
    toEvent("ai.request", {
      messages: [{ role: text, content: text, reasoning: text }],
      system_prompt: text,
      n: number,
    }),
    toEvent("process.exec", { pid: 1, args: [text, makeText(random, secret)], env: { A: text } }),
    toEvent("not.an_event", { anything: makeValue(random, secret, 0) }),
  ]);
}

function makeChunk(random: Random, secret: string, index: number): OispEvent {
  const content = makeText(random, secret);
  return toEvent("ai.streaming_chunk", {
    related_event_id: "r",
    chunk_index: index,
    delta: { content, tool_calls: [{ arguments: makeText(random, secret) }] },
  });
}
