import { deepStrictEqual, strictEqual } from "node:assert";
import { PROVIDERS } from "../core/decode/provider/registry.ts";
import { FORMATS, PROVIDERS_PAGE, renderProvidersPage } from "./docs_providers.ts";
import { PARTLY_READ_FORMATS, UNREAD_FORMATS, UNREAD_PROVIDERS } from "./docs_providers_reasons.ts";

Deno.test("docs/providers.md is what the table gives; write it with: deno run -A scripts/docs_providers.ts", async () => {
  strictEqual(await Deno.readTextFile(PROVIDERS_PAGE), renderProvidersPage());
});

Deno.test("what is recognised only has a reason, and what is decoded has none", () => {
  const known = new Set(FORMATS.map(({ id }) => id));
  const unread = new Set(PROVIDERS.flatMap(({ dialects }) => dialects).filter((id) => !known.has(id)));
  deepStrictEqual(Object.keys(UNREAD_FORMATS).toSorted(), [...unread].toSorted());
  const bare = PROVIDERS.filter(({ dialects }) => dialects.length === 0).map(({ id }) => id);
  deepStrictEqual(Object.keys(UNREAD_PROVIDERS).toSorted(), bare.toSorted());
  deepStrictEqual(Object.keys(PARTLY_READ_FORMATS).filter((id) => !known.has(id)), []);
});
