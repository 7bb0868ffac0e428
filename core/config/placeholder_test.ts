import assert from "node:assert/strict";
import { expandPlaceholders } from "./placeholder.ts";

const env = (name: string) => ({ A: "1", B: "${A}", EMPTY: "" } as Record<string, string>)[name];

Deno.test("expandPlaceholders replaces names, defaults and escapes", () => {
  assert.deepEqual(expandPlaceholders("x${A}y${A}", env), { text: "x1y1", unset: [], isBroken: false });
  assert.deepEqual(expandPlaceholders("${NONE:-d e}${NONE:-}", env), { text: "d e", unset: [], isBroken: false });
  assert.deepEqual(expandPlaceholders("$${A} $A $", env), { text: "${A} $A $", unset: [], isBroken: false });
});

Deno.test("expandPlaceholders does not look at what it put in", () => {
  assert.equal(expandPlaceholders("${B}", env).text, "${A}");
});

Deno.test("expandPlaceholders names what is unset and says what is broken", () => {
  assert.deepEqual(expandPlaceholders("${N1}${N2}", env).unset, ["N1", "N2"]);
  assert.equal(expandPlaceholders("${EMPTY}", env).unset.length, 0);
  for (const text of ["${", "${}", "${1}", "${A", "${A:-"]) {
    assert.equal(expandPlaceholders(text, env).isBroken, true, text);
  }
});
