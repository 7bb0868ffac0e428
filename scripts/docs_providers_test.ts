import { strictEqual } from "node:assert";
import { PROVIDERS_PAGE, renderProvidersPage } from "./docs_providers.ts";

Deno.test("docs/providers.md is what the table gives; write it with: deno run -A scripts/docs_providers.ts", async () => {
  strictEqual(await Deno.readTextFile(PROVIDERS_PAGE), renderProvidersPage());
});
