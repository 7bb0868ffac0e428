import assert from "node:assert/strict";
import { chooseColor, paint } from "./color.ts";
import { renderBytes, renderCost, renderCount, renderDuration } from "./number.ts";
import { renderTable } from "./table.ts";
import { fit, pad, toColumns, wrap } from "./width.ts";

const env = (values: Record<string, string>) => (name: string) => values[name];

Deno.test("colour: flag, then NO_COLOR, then force, then terminal", () => {
  assert.equal(chooseColor("always", false, env({ NO_COLOR: "1" })), true);
  assert.equal(chooseColor("never", true, env({ FORCE_COLOR: "1" })), false);
  assert.equal(chooseColor("auto", true, env({ NO_COLOR: "1", FORCE_COLOR: "1" })), false);
  assert.equal(chooseColor("auto", true, env({ NO_COLOR: "" })), true);
  assert.equal(chooseColor("auto", false, env({ CLICOLOR_FORCE: "1" })), true);
  assert.equal(chooseColor("auto", false, env({ FORCE_COLOR: "0" })), false);
  assert.equal(chooseColor("auto", true, env({ TERM: "dumb" })), false);
  assert.equal(chooseColor("auto", false, env({})), false);
  assert.equal(paint("x", "red", false), "x");
  assert.equal(paint("x", "red", true), "\x1b[31mx\x1b[0m");
});

Deno.test("numbers are rendered for people, unknown cost as a question mark", () => {
  assert.deepEqual([0, 999, 1000, 1234567].map(renderCount), ["0", "999", "1,000", "1,234,567"]);
  assert.deepEqual([3.4, 740, 1400, 65_000, 3_700_000].map(renderDuration), [
    "3 ms",
    "740 ms",
    "1.4 s",
    "1 min 5 s",
    "1 h 1 min",
  ]);
  assert.deepEqual([undefined, 0, 0.0123, 0.00000712, 3.456].map(renderCost), [
    "?",
    "$0",
    "$0.0123",
    "$0.00000712",
    "$3.46",
  ]);
  assert.deepEqual([0, 999, 1500, 32_000_000].map(renderBytes), ["0 B", "999 B", "1.5 kB", "32.0 MB"]);
});

Deno.test("widths count columns, not characters", () => {
  assert.equal(toColumns("世界"), 4);
  assert.equal(toColumns("e\u0301"), 1);
  assert.equal(fit("世界世界", 5), "世界…");
  assert.equal(pad("世", 4), "世  ");
  assert.deepEqual(wrap("one two three", 7), ["one two", "three"]);
});

Deno.test("a table sets numbers to the right and cuts what is too wide", () => {
  const lines = renderTable([{ title: "MODEL", maxColumns: 6 }, { title: "TOKENS", isNumber: true }], [[
    "gpt-4o-mini",
    "7",
  ]]);
  assert.deepEqual(lines, ["MODEL   TOKENS", "gpt-4…       7"]);
});
