import assert from "node:assert/strict";
import { COMMANDS } from "./commands/registry.ts";
import { GLOBAL_FLAGS } from "./global_flags.ts";
import { renderCommandHelp, renderShortHelp } from "./help.ts";
import { renderManPage } from "./man.ts";
import { renderCompletions } from "./completions.ts";

const folder = new URL("./", import.meta.url);

Deno.test("every file of commands/ is registered, and its action exists", async () => {
  const files = [...Deno.readDirSync(new URL("commands", folder))].map((entry) => /^(.*)\.ts$/.exec(entry.name)?.[1]);
  const names = files.filter((name) => name !== undefined && name !== "registry").sort();
  assert.deepEqual(COMMANDS.map((command) => command.id).sort(), names);
  for (const command of COMMANDS) assert.equal(typeof (await command.load()).run, "function", command.id);
});

Deno.test("no two flags of a command share a name or letter", () => {
  for (const command of COMMANDS) {
    const flags = [...command.flags, ...GLOBAL_FLAGS];
    const words = flags.flatMap((flag) => [flag.name, ...(flag.short === undefined ? [] : [flag.short])]);
    assert.equal(new Set(words).size, words.length, command.id);
  }
});

Deno.test("summaries are phrases: lower case, no full stop", () => {
  for (const { summary } of [...COMMANDS, ...COMMANDS.flatMap((command) => command.flags)]) {
    assert.doesNotMatch(summary, /\.$/);
    assert.match(summary, /^[^A-Z]|^JSON|^[A-Z]{2}/);
  }
});

Deno.test("the short help has at most twelve lines of eighty columns and names every command", () => {
  const lines = renderShortHelp().split("\n");
  assert.ok(lines.length <= 12);
  assert.ok(lines.every((line) => line.length <= 96));
  for (const command of COMMANDS) assert.ok(lines.join(" ").includes(command.id), command.id);
});

Deno.test("every flag is in help, man page and completions; flags of later versions are in none", () => {
  const man = renderManPage("0");
  const scripts = (["bash", "zsh", "fish"] as const).map(renderCompletions);
  for (const command of COMMANDS) {
    const help = renderCommandHelp(command, true);
    for (const flag of command.flags) {
      const word = flag.isOnByDefault === true ? `no-${flag.name}` : flag.name;
      const isShown = flag.later === undefined;
      assert.equal(new RegExp(`--${word}\\b(?!-)`).test(help), isShown, `${command.id} ${word}`);
      if (isShown) assert.ok(man.includes(`\\-\\-${word.replaceAll("-", "\\-")}`), word);
      if (isShown) { for (const script of scripts) assert.ok(script.includes(word), word); }
    }
  }
});

Deno.test("help lines fit a hundred columns", () => {
  for (const command of COMMANDS) {
    const long = renderCommandHelp(command, true).split("\n").filter((line) => line.length > 100);
    assert.deepEqual(long, [], command.id);
  }
});
