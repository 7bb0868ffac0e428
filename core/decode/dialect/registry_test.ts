import assert from "node:assert/strict";
import { DIALECT_FUZZ, SOCKET_FUZZ, templateFuzz } from "../../../tests/fuzz/dialects.ts";
import { runFuzz, TEST_INPUTS } from "../../../tests/support/fuzz.ts";
import { PROVIDERS } from "../provider/registry.ts";
import { DIALECTS } from "./registry.ts";

Deno.test("every dialect has its own id, a summary without a full stop and a page", () => {
  assert.equal(new Set(DIALECTS.map(({ id }) => id)).size, DIALECTS.length);
  for (const { id, summary, docsUrl } of DIALECTS) {
    assert.match(id, /^[a-z][a-z0-9_]*$/);
    assert.match(summary, /[^.]$/);
    assert.match(docsUrl, /^https:\/\//);
  }
});

Deno.test("every vendor that is not a web application and has a recording speaks a format that is decoded", () => {
  const known = new Set(DIALECTS.map(({ id }) => id));
  for (const id of ["openai", "anthropic", "google", "azure", "aws-bedrock", "mistral", "groq", "together", "ollama"]) {
    const row = PROVIDERS.find((provider) => provider.id === id);
    assert.ok(row?.dialects.some((dialect) => known.has(dialect)), id);
  }
});

for (const target of [...DIALECT_FUZZ, ...SOCKET_FUZZ, templateFuzz]) {
  Deno.test(`${target.name}: seeded inputs neither throw nor give what JSON cannot hold`, () =>
    runFuzz(target, TEST_INPUTS));
}
