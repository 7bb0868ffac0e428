import assert from "node:assert/strict";
import { loadMask, renderFinding, renderFindingLine, toFindingJson } from "./errors.ts";

const KEY = "sk-proj-" + "Ab3dEf6hIj9kLm2nOp5q".repeat(3);
const FINDING = {
  code: "OISP-X-001",
  severity: "error",
  what: `Cannot use "${KEY}": it is \x1b[31mred`,
  why: "mail bob@example.com",
  fix: "first line\nsecond line",
  position: { file: "a.toml", line: 3, column: 7 },
} as const;

Deno.test("a finding has what, why, try and code on lines of their own", () => {
  const lines = renderFinding({ ...FINDING, what: "Cannot do it", why: "because" }, false).split("\n");
  assert.deepEqual(lines, [
    "a.toml:3:7: Cannot do it",
    "  why   because",
    "  try   first line",
    "        second line",
    "  code  OISP-X-001   (oisp help OISP-X-001)",
  ]);
});

Deno.test("no form of a finding shows a secret, an address or a control character", async () => {
  await loadMask();
  const forms = [renderFinding(FINDING, true), renderFindingLine(FINDING), JSON.stringify(toFindingJson(FINDING))];
  for (const form of forms) {
    assert.doesNotMatch(form, /sk-proj-Ab|bob@/);
    assert.match(form, /\[REDACTED:/);
  }
  assert.ok(!renderFindingLine(FINDING).includes("\x1b"));
  assert.match(renderFindingLine(FINDING), /^a\.toml:3:7: .*; try: first line \[OISP-X-001\]$/);
});
