import assert from "node:assert/strict";
import { createRedactor } from "../core/redact/redactor.ts";
import { LineRedactor } from "./redact_lines.ts";

const KEY = "sk-proj-" + "Ab3dEf6hIj9kLm2nOp5q".repeat(3);
const PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7bq\nabcdefghij\n-----END RSA PRIVATE KEY-----\n";
const EVENT = JSON.stringify({
  oisp_version: "0.1",
  event_id: "01M0D73AN04KRCSYHSAXR2JRTT",
  event_type: "ai.request",
  timestamp: "2026-08-19T14:34:12.000000Z",
  confidence: { level: "high", completeness: "full" },
  data: { messages: [{ role: "user", content: `my key is ${KEY}` }] },
});
const INPUT = `start ${KEY}\n${EVENT}\n${PEM}mail bob@example.com\nlast line`;

function redact(pieces: readonly string[], mode: "safe" | "masked" | "full" = "masked"): string {
  const lines = new LineRedactor(createRedactor({ modes: [mode] }), "auto");
  return pieces.map((piece) => lines.push(piece)).join("") + lines.close();
}

Deno.test("keys, addresses and key blocks over several lines are replaced, the rest stays", () => {
  const text = redact([INPUT]);
  assert.doesNotMatch(text, /sk-proj-Ab|MIIEow|abcdefghij|bob@/);
  assert.match(text, /^start \[REDACTED:/);
  assert.match(text, /last line$/);
});

Deno.test("events are redacted as events, in the mode that was asked for", () => {
  const line = redact([INPUT], "safe").split("\n").find((text) => text.startsWith("{")) ?? "";
  const event = JSON.parse(line);
  assert.equal(event.data.redaction.mode, "safe");
  assert.equal(event.data.messages[0].content, undefined);
});

Deno.test("the input cut into two pieces at any place leaks nothing and gives the same text", () => {
  const whole = redact([INPUT]);
  for (let cut = 1; cut < INPUT.length; cut++) {
    assert.equal(redact([INPUT.slice(0, cut), INPUT.slice(cut)]), whole, `cut at ${cut}`);
  }
});

Deno.test("full changes no text", () => {
  assert.match(redact([`a ${KEY}\n`], "full"), new RegExp(KEY));
});

Deno.test("with --as events a line that is none is left out and counted", () => {
  const lines = new LineRedactor(createRedactor({ modes: ["masked"] }), "events");
  const text = lines.push(`${EVENT}\nplain ${KEY}\n{"event_type":"x"}\n`) + lines.close();
  assert.equal(text.split("\n").length, 2);
  assert.deepEqual([lines.badLineCount, lines.badLines], [2, [2, 3]]);
});
