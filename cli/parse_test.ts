import assert from "node:assert/strict";
import { COMMANDS } from "./commands/registry.ts";
import { parseArgv, type ParsedArgv } from "./parse.ts";

function parse(...argv: string[]): ParsedArgv {
  const parsed = parseArgv(argv, COMMANDS);
  assert.ok("given" in parsed, JSON.stringify(parsed));
  return parsed;
}

Deno.test("parseArgv passes everything after the first -- of run on untouched", () => {
  const parsed = parse("run", "-o", "f", "--", "sh", "-c", "x -- y", "--", "--help", "-q", "", "--redaction");
  assert.equal(parsed.command?.id, "run");
  assert.deepEqual(parsed.childArgv, ["sh", "-c", "x -- y", "--", "--help", "-q", "", "--redaction"]);
  assert.deepEqual(parsed.given.get("output"), ["f"]);
  assert.equal(parsed.given.has("help"), false);
  assert.equal(parsed.given.has("quiet"), false);
});

Deno.test("parseArgv takes words after -- as arguments where no command is started", () => {
  assert.deepEqual(parse("decode", "--from", "har", "--", "-strange.har").args, ["-strange.har"]);
});

Deno.test("global flags stand before and after the command", () => {
  assert.deepEqual(parse("-q", "status").given.get("quiet"), ["true"]);
  assert.deepEqual(parse("status", "-q", "--color=never").given.get("color"), ["never"]);
  assert.deepEqual(parse("-vv", "status", "-v").given.get("verbose")?.length, 3);
});

Deno.test("repeated flags keep their order, the last of a switch wins", () => {
  const parsed = parse("record", "--pid", "1", "--pid=2", "--no-append", "--append");
  assert.deepEqual(parsed.given.get("pid"), ["1", "2"]);
  assert.deepEqual(parsed.given.get("append"), ["false", "true"]);
});

Deno.test("-h and --help differ", () => {
  assert.deepEqual([...parse("run", "-h").given.keys()], ["short-help"]);
  assert.deepEqual([...parse("run", "--help").given.keys()], ["help"]);
});

Deno.test("a value may begin with a dash when it is joined by =, and - is an argument", () => {
  assert.deepEqual(parse("record", "--exe=-x").given.get("exe"), ["-x"]);
  assert.deepEqual(parse("record", "-o", "-").given.get("output"), ["-"]);
  assert.deepEqual(parse("decode", "-").args, ["-"]);
});

Deno.test("parseArgv never throws on random words (3,000 seeded lines)", () => {
  const words = [
    "run",
    "tail",
    "--",
    "-",
    "-o",
    "--output",
    "-n",
    "--no-append",
    "--no-",
    "--=",
    "-vq",
    "-nx",
    "",
    "x",
    "--redaction=",
    "-h",
    "--help",
    "\0",
    "help",
  ];
  let state = 99;
  const next = (limit: number) => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) % limit;
  for (let i = 0; i < 3000; i++) {
    const argv = Array.from({ length: next(7) }, () => words[next(words.length)] ?? "");
    const parsed = parseArgv(argv, COMMANDS);
    assert.ok("given" in parsed || parsed.word !== undefined, argv.join(" "));
  }
});

Deno.test("the command lines of the specification are understood", () => {
  assert.deepEqual(parse("record", "--output", "events.jsonl").given.get("output"), ["events.jsonl"]);
  assert.deepEqual(parse("record", "--output", "/shared/events.jsonl").args, []);
  assert.deepEqual(parse("record", "--web", "--port", "7777").given.get("port"), ["7777"]);
});
