import { deepStrictEqual, match, strictEqual } from "node:assert";
import { findRustFuzzReason, readOutcome, toFactor } from "./rust_fuzz.ts";

Deno.test("50,000 inputs are factor 16, few are at least one round", () => {
  deepStrictEqual([1, 4000, 50_000, 100_000].map(toFactor), [1, 2, 16, 32]);
});

Deno.test("without Rust, or for a named seed, it is skipped with the reason", () => {
  match(findRustFuzzReason(true) ?? "", /seed/);
  const path = Deno.env.get("PATH") ?? "";
  try {
    Deno.env.set("PATH", "/nowhere");
    match(findRustFuzzReason(false) ?? "", /cargo is not on the PATH/);
  } finally {
    Deno.env.set("PATH", path);
  }
});

Deno.test("tests are counted one by one, and a run without any, or one that was killed, has failed", () => {
  const output = "running 2 tests\ntest a_damaged_program ... ok\ntest random_bytes ... FAILED\n";
  const outcome = readOutcome(101, output, "panicked", 16);
  deepStrictEqual([outcome.passed, outcome.failed], [1, 1]);
  match(
    outcome.lines.join("\n"),
    /ok {6}locate: a_damaged_program[\s\S]*failed {2}locate: random_bytes[\s\S]*panicked/,
  );
  strictEqual(readOutcome(0, "running 0 tests", "", 16).failed, 1);
  strictEqual(readOutcome(137, "test a ... ok", "", 16).failed, 1);
  deepStrictEqual(readOutcome(0, "test a ... ok\ntest b ... ok", "", 1).failed, 0);
});
