/** Writes the table of redaction rules into docs/redaction.md. Run it after a rule was added or its summary changed. */
import { RULES } from "../core/redact/registry.ts";
import { KEY_SHAPES } from "../core/redact/rules/api_keys.ts";

const PAGE = new URL("../docs/redaction.md", import.meta.url);
const BEGIN = "<!-- rules: made by scripts/redaction_docs.ts -->\n";
const END = "<!-- /rules -->";

/** Gives the page with the table of today's rules in place of the one it holds. @throws {Error} when its marks are missing. */
export function renderPage(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error("docs/redaction.md has lost the marks around its table");
  return page.slice(0, begin + BEGIN.length) + renderRules() + page.slice(end);
}

function renderRules(): string {
  const rows = RULES.map((rule) => `| \`${rule.id}\` | \`${rule.class}\` | ${rule.summary} | ${rule.stability} |\n`);
  const vendors = [...new Set(KEY_SHAPES.flatMap((shape) => shape.vendor.replace(/ and others$/, "").split(", ")))]
    .sort();
  return "| rule | class | finds | |\n|---|---|---|---|\n" + rows.join("") +
    `\nVendors of \`api_key\` (${KEY_SHAPES.length} shapes): ${vendors.join(", ")}.\n`;
}

/** Gives the page as it is in the repository. */
export function readPage(): string {
  return Deno.readTextFileSync(PAGE);
}

if (import.meta.main) Deno.writeTextFileSync(PAGE, renderPage(readPage()));
