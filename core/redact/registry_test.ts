import assert from "node:assert/strict";
import { RULES } from "./registry.ts";
import { maskText, type Match, Scanner } from "./scanner.ts";
import { Subject } from "./subject.ts";
import type { Span } from "./rule.ts";

const scanner = new Scanner();
const found = (text: string): readonly Match[] => scanner.scan(text);

for (const rule of RULES) {
  Deno.test(`rule ${rule.id} finds each of its positive examples by itself`, () => {
    for (const text of rule.examples.positive) {
      const spans: Span[] = [];
      const subject = new Subject();
      subject.reset(text);
      rule.find(subject, spans);
      assert.ok(spans.length > 0, text);
      for (const span of spans) assert.ok(span.start >= 0 && span.start < span.end && span.end <= text.length, text);
    }
  });

  Deno.test(`no rule finds anything in the negative examples of ${rule.id}`, () => {
    for (const text of rule.examples.negative) {
      assert.deepEqual(found(text).map((match) => [match.rule.id, text.slice(match.start, match.end)]), [], text);
    }
  });
}

Deno.test("rule ids are unique, lower_snake, and no summary ends in a full stop", () => {
  assert.equal(new Set(RULES.map((rule) => rule.id)).size, RULES.length);
  for (const rule of RULES) {
    assert.match(rule.id, /^[a-z][a-z0-9_]+$/);
    assert.ok(!rule.summary.endsWith("."));
  }
});

Deno.test("masking twice changes nothing more", () => {
  for (const rule of RULES) {
    for (const text of rule.examples.positive) {
      const masked = maskText(text, found(text));
      assert.equal(maskText(masked, found(masked)), masked, text);
    }
  }
});

/** Texts that a scanner without care reads again and again from each place. */
const HOSTILE = [
  "sk-",
  "s\nk-proj-",
  "?key=",
  "&key=a",
  "password=",
  "Cookie: ",
  "4111 ",
  "1",
  "a@",
  "://a:b@",
  "eyJa.eyJb.",
  "+1 ",
];

// Nothing is measured: with a rule that takes quadratic time this test does not end.
Deno.test("every rule reads a megabyte of its own examples, and of hostile texts, in linear time", () => {
  for (
    const seed of [
      ...RULES.flatMap((rule) => rule.examples.positive.slice(0, 6)),
      ...HOSTILE,
      "-----BEGIN RSA PRIVATE KEY-----",
    ]
  ) {
    for (const part of [seed, seed.slice(0, Math.ceil(seed.length / 2))]) {
      found(part.repeat(Math.ceil(200_000 / part.length)));
    }
  }
});
