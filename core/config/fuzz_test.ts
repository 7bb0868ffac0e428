import assert from "node:assert/strict";
import { FindingError } from "../model/finding.ts";
import type { CheckContext } from "./check.ts";
import { renderInitFile } from "./init.ts";
import { checkText, loadConfig } from "./load.ts";

/** mulberry32: small, seeded, good enough to vary inputs. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const WHOLE = renderInitFile().replace(/^#(?=[^ ])/gm, "").replace(/^.*_file = .*\n/gm, "");
const SAMPLES = [
  WHOLE,
  '[sensor]\nname = "k8s-${NODE_NAME}"\n[export.otlp]\nheaders = {\n  "a" = "${B:-c}",\n  "d" = "e"\n}\n',
  'export.jsonl.path = "a"\n[[export.kafka]]\nbrokers = ["a", "b"]\n[[export.kafka]]\nacks = 1\n',
  'a = 1979-05-27T07:32:00Z\nb = 0x1F\nc = [1, [2, {x = "y"}]]\n"__proto__" = 1\n[constructor]\nx = nan\n',
  '[redaction]\nmode = """\nsafe"""\nhash_key = \'a\'\nhash_key_file = "b"\n[capture]\npids = [9007199254740993, -1, 1.5]\n',
];
const PIECES = [
  "[",
  "]",
  "[[",
  "]]",
  "{",
  "}",
  "=",
  ".",
  ",",
  "\n",
  '"',
  "'",
  '"""',
  "${",
  "$${",
  "}",
  "#",
  "\0",
  "\u202e",
  "é",
  "1e999",
];

function mutate(random: () => number): string {
  let text = SAMPLES[Math.floor(random() * SAMPLES.length)] ?? "";
  const start = Math.floor(random() * text.length);
  text = text.slice(start, start + 200 + Math.floor(random() * 300));
  for (let i = Math.floor(random() * 6); i >= 0; i--) {
    const at = Math.floor(random() * text.length);
    const kind = random();
    const piece = PIECES[Math.floor(random() * PIECES.length)] ?? "";
    if (kind < 0.4) {
      text = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << Math.floor(random() * 7))) +
        text.slice(at + 1);
    } else if (kind < 0.8) text = text.slice(0, at) + piece + text.slice(at);
    else text = text.slice(0, at) + text.slice(at + Math.floor(random() * 10));
  }
  return text;
}

function check(text: string): CheckContext {
  const context: CheckContext = { file: "fuzz.toml", findings: [], env: () => undefined, readSecret: () => "secret" };
  checkText({ path: "fuzz.toml", text }, context);
  return context;
}

Deno.test("damaged configuration texts give findings with a place and never throw (5,000 seeded inputs)", () => {
  const random = createRandom(20261121);
  let bad = 0;
  for (let i = 0; i < 5000; i++) {
    const text = mutate(random);
    const { findings } = check(text);
    const lines = text.split(/\n/).length;
    for (const finding of findings) {
      const line = finding.position?.line ?? 0;
      assert.ok(line >= 1 && line <= lines + 1, `line ${line} of ${lines}: ${JSON.stringify(text)}`);
    }
    if (findings.some((finding) => finding.severity === "error")) bad++;
  }
  assert.ok(bad > 2500, `only ${bad} inputs were damaged: the test would prove nothing`);
});

Deno.test("random bytes as a configuration file end with exit code 78 or load (300 seeded files)", () => {
  const random = createRandom(7);
  const path = Deno.makeTempFileSync();
  const load = () => loadConfig({ flagFile: path, env: () => undefined, isRoot: false, flags: [] });
  try {
    for (let i = 0; i < 300; i++) {
      const bytes = Uint8Array.from({ length: Math.floor(random() * 200) }, () => Math.floor(random() * 256));
      Deno.writeFileSync(path, bytes);
      try {
        load();
      } catch (error) {
        assert.ok(error instanceof FindingError);
        assert.equal(error.exitCode, 78);
      }
    }
  } finally {
    Deno.removeSync(path);
  }
});

Deno.test("deep nesting and very long lines end with a finding", () => {
  for (
    const text of [
      "a=" + "[".repeat(100_000),
      "a=" + "{a=".repeat(50_000),
      "[" + "a.".repeat(50_000) + "a]\n",
      "x".repeat(500_000),
    ]
  ) {
    assert.ok(check(text).findings.length > 0);
  }
});

Deno.test("keys of the object prototype are unknown keys and nothing else", () => {
  const { findings } = check(
    '[sensor]\n__proto__ = { name = "x" }\nconstructor = 1\ntoString = 2\n[__proto__]\nname = 1\n',
  );
  assert.deepEqual(findings.map((finding) => finding.code), Array(4).fill("OISP-CFG-002"));
});
