import assert from "node:assert/strict";
import { Random } from "../../../tests/support/random.ts";
import { DeltaScanner } from "./delta_scanner.ts";
import { DeltaTemplate, type TemplateSpec } from "./delta_template.ts";

const SPEC: TemplateSpec = {
  pieceKey: "text",
  ignoredKeys: ["n", "pad"],
  read: (json) => (json as { delta?: { text?: unknown } } | null)?.delta?.text,
};

function toEvent(text: string, n: number, pad: string): string {
  return JSON.stringify({ type: "t", n, delta: { kind: "text_delta", text }, pad });
}

function learn(event: string): DeltaTemplate {
  const template = DeltaTemplate.learn(event, SPEC);
  assert.ok(template !== undefined);
  return template;
}

Deno.test("a template takes the piece of events that differ only in piece, number and padding", () => {
  const template = learn(toEvent("a", 1, "xx"));
  const pieces = ["", "b", 'q"uo\\te', "é😀\n\u2028", "\ud800", "x".repeat(5_000)];
  pieces.forEach((piece, n) => assert.equal(template.match(toEvent(piece, n * 1_000, "p".repeat(n))), piece));
});

Deno.test("a template does not fit an event that differs anywhere else", () => {
  const template = learn(toEvent("a", 1, "xx"));
  const event = toEvent("b", 2, "y");
  for (
    const [from, to] of [
      ['"t"', '"u"'],
      ["text_delta", "other"],
      ['"n":2', '"n":2.5'],
      ['"n":2', '"n":02'],
      ['"n":2', '"n":-2'],
      ['"y"}', '"y","z":1}'],
      ['"y"}', '"y"} x'],
      ['"b"', "null"],
      ['"b"', '"b'],
      ['"y"', '"\\u0041"'],
    ] as const
  ) {
    const changed = event.replace(from, to);
    assert.notEqual(changed, event);
    assert.equal(template.match(changed), undefined, changed);
  }
});

Deno.test("a template allows white space between closing brackets, and nowhere else", () => {
  const template = DeltaTemplate.learn('{"delta":{"text":"a"}}', SPEC);
  assert.equal(template?.match('{"delta":{"text":"b"}    }'), "b");
  assert.equal(template?.match('{"delta":{"text":"b"}}\n'), "b");
  assert.equal(template?.match('{"delta":{"text":"b"}'), undefined);
  assert.equal(template?.match('{"delta":{"text":"b"}}}'), undefined);
  assert.equal(template?.match('{ "delta":{"text":"b"}}'), undefined);
});

Deno.test("nothing is learned when the key is not the value meant, or stands twice", () => {
  assert.equal(DeltaTemplate.learn('{"text":"a","delta":{"x":1}}', SPEC), undefined);
  assert.equal(DeltaTemplate.learn('{"text":"a","delta":{"text":"b"}}', SPEC), undefined);
  assert.equal(DeltaTemplate.learn('{"delta":{"text":null}}', SPEC), undefined);
  assert.equal(DeltaTemplate.learn('{"delta":{"text":1}}', SPEC), undefined);
  // The key inside a string has escaped quotes and is not taken for it.
  assert.notEqual(DeltaTemplate.learn('{"note":"say \\"text\\":\\"x\\"","delta":{"text":"b"}}', SPEC), undefined);
});

Deno.test("whatever fits parses to the same piece: 20,000 damaged events", () => {
  const random = new Random(7);
  const template = learn(toEvent("a", 1, "xx"));
  let fitted = 0;
  for (let i = 0; i < 20_000; i++) {
    const event = toEvent(random.pick(["b", '"', "\\", "é", "a,b", ""]), random.below(99), "p".repeat(random.below(3)));
    const at = random.below(event.length + 1);
    const inserted = random.pick(["", '"', "\\", "\\n", " ", "0", "}", "\u0001", "\\u00", ","]);
    const damaged = event.slice(0, at) + inserted + event.slice(at + random.below(3));
    const piece = template.match(damaged);
    if (piece === undefined) continue;
    fitted++;
    assert.equal(SPEC.read(JSON.parse(damaged)), piece, damaged);
  }
  assert.ok(fitted > 1_000, `${fitted} fitted`);
});

Deno.test("the scanner is used: after one parsed event the same shape is taken by template", () => {
  const scanner = new DeltaScanner<string>();
  assert.equal(scanner.scan(toEvent("a", 1, "")), undefined);
  scanner.learn(toEvent("a", 1, ""), "k", SPEC, "meaning");
  assert.equal(scanner.scan(toEvent("b", 2, "x")), "meaning");
  assert.equal(scanner.piece, "b");
});

Deno.test("the scanner stops learning while events never repeat, and keeps at most six shapes", () => {
  const scanner = new DeltaScanner<number>();
  for (let i = 0; i < 100; i++) scanner.learn(`{"k${i}":1,"delta":{"text":"a"}}`, `k${i}`, SPEC, i);
  let known = 0;
  for (let i = 0; i < 100; i++) if (scanner.scan(`{"k${i}":1,"delta":{"text":"b"}}`) !== undefined) known++;
  assert.ok(known > 0 && known <= 6, `${known}`);
});
