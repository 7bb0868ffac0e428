import assert from "node:assert/strict";
import { RULESET_VERSION } from "../core/redact/registry.ts";
import { readPage, renderPage } from "./redaction_docs.ts";

Deno.test("the table of docs/redaction.md is that of the registry (else run scripts/redaction_docs.ts)", () => {
  assert.equal(renderPage(readPage()), readPage());
});

Deno.test("docs/redaction.md shows the rule set of today", () => {
  assert.ok(readPage().includes(`"ruleset": "${RULESET_VERSION}"`));
});

Deno.test("a page without the marks is an error", () => {
  assert.throws(() => renderPage("nothing"), /marks/);
});
