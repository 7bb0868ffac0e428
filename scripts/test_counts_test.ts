import { deepStrictEqual, strictEqual } from "node:assert";
import { ROOT } from "./paths.ts";
import { addCounts, parseCargo, parseJunit, renderCounts } from "./test_counts.ts";

Deno.test("junit counts passed, failed and skipped tests, and prints the reason of a skip", () => {
  const xml = `<testsuite><testcase name="a &quot;b&quot;" classname="x" time="0"></testcase>
    <testcase name="c" time="0"><failure message="no">stack</failure></testcase>
    <testcase name="d" time="0"><skipped/></testcase><testcase name="e" time="1"/></testsuite>`;
  const counts = parseJunit(xml, new Map([["d", "no kernel"]]));
  deepStrictEqual(counts, { passed: 2, failed: 1, skipped: ["d: no kernel"] });
});

Deno.test("a skipped test without a reason counts as failed", () => {
  const counts = parseJunit('<testcase name="d"><skipped/></testcase>', new Map());
  deepStrictEqual(counts, { passed: 0, failed: 1, skipped: [] });
});

Deno.test("cargo counts add up over binaries, and a test that says skipped is not passed", () => {
  const output = [
    "test a ... skipped: a: no rights",
    "ok",
    "test result: ok. 2 passed; 0 failed; 0 ignored",
    "test result: FAILED. 1 passed; 3 failed; 0 ignored",
  ].join("\n");
  deepStrictEqual(parseCargo(output), { passed: 2, failed: 3, skipped: ["a: no rights"] });
});

Deno.test("a Rust test that says twice that it is skipped is one test", () => {
  const output = "skipped: a: no rights\nskipped: a: no rights\ntest result: ok. 3 passed; 0 failed; 0 ignored";
  deepStrictEqual(parseCargo(output), { passed: 2, failed: 0, skipped: ["a: no rights"] });
});

Deno.test("every Rust test says that it is skipped in the words that are counted", () => {
  const silent: string[] = [];
  const look = (folder: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const path = `${folder}/${name}`;
      if (isDirectory && name !== "target") look(path);
      if (!name.endsWith(".rs")) continue;
      for (const line of Deno.readTextFileSync(path).split("\n")) {
        if (/writeln!.*skip/i.test(line) && !line.includes('"skipped: {name}: {why}"')) {
          silent.push(`${path}: ${line.trim()}`);
        }
      }
    }
  };
  look(`${ROOT}/bpf-rs/crates`);
  deepStrictEqual(silent, []);
});

Deno.test("the last line is passed, failed, skipped", () => {
  const counts = addCounts([{ passed: 2, failed: 0, skipped: ["x: y"] }, { passed: 3, failed: 1, skipped: [] }]);
  strictEqual(renderCounts(counts), "5 passed, 1 failed, 1 skipped");
});
