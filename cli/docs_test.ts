import assert from "node:assert/strict";
import { renderCliPage, renderConfigPage, renderFilterPage } from "./docs.ts";

const HINT = "stale: run `deno run -A cli/docs.ts`";

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, import.meta.url));
}

Deno.test("docs/cli.md is what the command table says", () => {
  assert.equal(read("../docs/cli.md"), renderCliPage(), HINT);
});

Deno.test("docs/configuration.md is what the schemas say", () => {
  assert.equal(read("../docs/configuration.md"), renderConfigPage(), HINT);
});

Deno.test("docs/filter.md is what the language and the schema of events say", () => {
  assert.equal(read("../docs/filter.md"), renderFilterPage(), HINT);
});
