import assert from "node:assert/strict";
import { findDifference, parseScenarios, runScenario } from "./scenario.ts";

const folder = new URL("./", import.meta.url);
const names = [...Deno.readDirSync(folder)].map((entry) => entry.name).filter((name) => name.endsWith(".txt")).sort();

for (const name of names) {
  for (const scenario of parseScenarios(Deno.readTextFileSync(new URL(name, folder)))) {
    Deno.test(`${name}: ${scenario.title}`, async () => {
      const outcome = await runScenario(scenario);
      const shown = `$ ${scenario.command}\n${outcome.stdout}${outcome.stderr}exit ${outcome.exitCode}`;
      for (const stream of ["stdout", "stderr"] as const) {
        const expected = scenario[stream];
        const difference = expected === undefined ? undefined : findDifference(expected, outcome[stream]);
        assert.equal(difference, undefined, `${stream}: ${difference}\n${shown}`);
      }
      assert.equal(outcome.exitCode, scenario.exitCode, shown);
    });
  }
}

Deno.test("a scenario that expects something else is reported", () => {
  assert.equal(findDifference("a\nb[..]d\n", "a\nbcd\n"), undefined);
  assert.equal(findDifference("a\n...\nz\n", "a\nb\nc\nz\n"), undefined);
  assert.match(findDifference("a\n", "b\n") ?? "", /line 1/);
  assert.match(findDifference("a\n", "a\nb\n") ?? "", /line 2/);
  assert.match(findDifference("a\n...\nz\n", "a\nb\n") ?? "", /wanted "z"/);
});
