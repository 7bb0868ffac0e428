import assert from "node:assert/strict";
import { FindingError } from "../core/model/finding.ts";
import { COMMANDS, LATER_COMMANDS } from "./commands/registry.ts";
import type { FlagValues } from "./flag_values.ts";
import { parseArgv } from "./parse.ts";
import { checkCall, explainProblem, explainUnknownCommand } from "./usage.ts";
import { checkValue } from "./values.ts";

function check(argv: string[], env: Record<string, string> = {}): FlagValues {
  const parsed = parseArgv(argv, COMMANDS);
  assert.ok("given" in parsed);
  return checkCall(parsed, (name) => env[name]);
}

Deno.test("a count outside its range is refused with the range", () => {
  const spec = { name: "PID", kind: "count", least: 1, most: 4_194_304 } as const;
  assert.deepEqual(checkValue(spec, "4194304"), { value: 4_194_304 });
  for (const text of ["0", "4194305", "99999999999999"]) {
    assert.deepEqual(checkValue(spec, text), { problem: `it is "${text}"`, fix: "a whole number from 1 to 4194304" });
  }
});

Deno.test("a duration is checked, and one that no timer can count is refused", () => {
  const spec = { name: "DURATION", kind: "duration" } as const;
  assert.deepEqual(checkValue(spec, "1m30s"), { value: 90_000 });
  for (const text of ["", "s", "99999999d"]) assert.ok("problem" in checkValue(spec, text), text);
});

Deno.test("a flag on the command line wins over its variable; later flags have none", () => {
  assert.equal(check(["replay", "x"], { OISP_REDACTION: "masked" }).text("redaction"), "masked");
  assert.equal(check(["replay", "x", "--redaction", "full"], { OISP_REDACTION: "masked" }).text("redaction"), "full");
  assert.equal(check(["status"], { OISP_QUIET: "1" }).isOn("quiet"), true);
  assert.equal(check(["record"], { OISP_PORT: "tcp://10.0.0.1:80" }).isGiven("port"), false);
});

Deno.test("switches that are on by default can be switched off", () => {
  assert.equal(check(["record"]).isOn("append"), true);
  assert.equal(check(["record", "--no-append"]).isOn("append"), false);
  assert.equal(check(["record"], { OISP_APPEND: "0" }).isOn("append"), false);
});

Deno.test("every problem of a call is in one error", () => {
  assert.throws(() => check(["decode", "--from", "x", "--redaction", "y", "a", "b"]), (error: unknown) => {
    assert.ok(error instanceof FindingError);
    assert.equal(error.exitCode, 64);
    return error.findings.length === 3;
  });
});

Deno.test("unknown flags and commands name the nearest one", () => {
  const problem = parseArgv(["tail", "--sensr", "1"], COMMANDS);
  assert.ok("kind" in problem);
  assert.match(explainProblem(problem, ["tail", "--sensr", "1"]).fix ?? "", /^--sensor/);
  assert.match(explainUnknownCommand("tial", COMMANDS, LATER_COMMANDS).fix ?? "", /^oisp tail/);
  assert.equal(explainUnknownCommand("show", COMMANDS, LATER_COMMANDS).code, "OISP-CLI-010");
});
