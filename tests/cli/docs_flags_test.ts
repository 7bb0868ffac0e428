import assert from "node:assert/strict";
import { COMMANDS } from "../../cli/commands/registry.ts";
import { GLOBAL_FLAGS, VERSION_FLAG } from "../../cli/global_flags.ts";
import { FINDING_CODES } from "../../cli/finding_codes.ts";

const ROOT = new URL("../../", import.meta.url);

function* listPages(): Generator<[string, string]> {
  yield ["README.md", Deno.readTextFileSync(new URL("README.md", ROOT))];
  for (const entry of Deno.readDirSync(new URL("docs/", ROOT))) {
    if (entry.isFile && entry.name.endsWith(".md")) {
      yield [`docs/${entry.name}`, Deno.readTextFileSync(new URL(`docs/${entry.name}`, ROOT))];
    }
  }
}

/** Calls of oisp in a page: in code blocks and in `code`. What follows ` -- ` belongs to another program. */
function listCalls(text: string): string[] {
  const code = [...text.matchAll(/```[a-z]*\n([\s\S]*?)```|`([^`\n]+)`|^ {4}(.+)$/gm)].map((match) =>
    match[1] ?? match[2] ?? match[3] ?? ""
  );
  const lines = code.flatMap((block) => block.split("\n")).map((line) => line.replace(/\s#.*$/, ""));
  return lines.flatMap((line) =>
    [...line.matchAll(/(?:^|[\s/;|(])oisp(?:-sensor)?\s+([^|;)]*)/g)].map((match) => match[1] ?? "")
  );
}

const WORDS = new Set(COMMANDS.map((command) => command.id));

Deno.test("every command that README and docs name exists", () => {
  const unknown: string[] = [];
  for (const [name, text] of listPages()) {
    for (const call of listCalls(text)) {
      const word = /^([a-z][a-z-]+)(?=\s|$)/.exec(call)?.[1];
      if (word !== undefined && !WORDS.has(word)) unknown.push(`${name}: oisp ${call}`);
    }
  }
  assert.deepEqual(unknown, []);
});

Deno.test("every flag of oisp that README and docs name exists", () => {
  const unknown: string[] = [];
  const globals = [...GLOBAL_FLAGS, VERSION_FLAG].map((flag) => flag.name);
  for (const [name, text] of listPages()) {
    for (const call of listCalls(text)) {
      const [own = ""] = call.split(/ -- | --$/);
      const command = COMMANDS.find((entry) => own.startsWith(entry.id));
      const flags = command?.flags ?? COMMANDS.flatMap((entry) => entry.flags);
      const known = new Set([...globals, ...flags.map((flag) => flag.name)]);
      for (const [, flag = ""] of own.matchAll(/(?:^|\s|\[)--(?:no-)?([a-z][a-z-]*)/g)) {
        if (!known.has(flag)) unknown.push(`${name}: oisp ${call}`);
      }
    }
  }
  assert.deepEqual(unknown, []);
});

Deno.test("every code that README and docs name is explained", () => {
  for (const [name, text] of listPages()) {
    for (const [code] of text.matchAll(/\bOISP-[A-Z]+-\d{3}\b/g)) assert.ok(code in FINDING_CODES, `${name}: ${code}`);
  }
});
