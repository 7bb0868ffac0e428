import { deepStrictEqual as equals, match, ok, strictEqual as is } from "node:assert";
import { InputFindings } from "./input_findings.ts";

Deno.test("a few places with one reason are listed one by one, with their position", () => {
  const findings = new InputFindings();
  for (const line of [3, 5]) findings.addLine("f", line, "it is not JSON");
  equals(findings.list().map(({ what, position }) => [what, position?.line]), [
    ["Cannot use line 3 of f: it is not JSON", 3],
    ["Cannot use line 5 of f: it is not JSON", 5],
  ]);
});

Deno.test("many places with one reason are one finding, with their exact number", () => {
  const findings = new InputFindings();
  for (let line = 1; line <= 12_345; line++) {
    findings.addLine("f", line, line % 1000 === 0 ? "it is empty" : "it is not JSON");
  }
  equals(findings.list().map(({ what, code }) => [code, what]), [
    ["OISP-IN-003", "Cannot use 12333 lines of f (1, 2, 3, 4, 5, ...): they are not JSON"],
    ["OISP-IN-003", "Cannot use 12 lines of f (1000, 2000, 3000, 4000, 5000, ...): they are empty"],
  ]);
});

Deno.test("entries have a code of their own, and other findings keep their place between them", () => {
  const findings = new InputFindings();
  findings.addEntry("f", 1, '"request" is missing');
  findings.add({ code: "OISP-REC-006", severity: "info", what: "Something else" });
  for (let entry = 2; entry < 9; entry++) findings.addEntry("f", entry, '"request" is missing');
  equals(findings.list().map(({ what, code }) => [code, what]), [
    ["OISP-IN-006", 'Cannot use 8 entries of f (1, 2, 3, 4, 5, ...): "request" is missing'],
    ["OISP-REC-006", "Something else"],
  ]);
});

Deno.test("reasons without end and findings without end are counted and not listed", () => {
  const findings = new InputFindings();
  for (let i = 0; i < 500; i++) findings.addLine("f", i, `it is number ${i}`);
  for (let i = 0; i < 500; i++) findings.add({ code: "X", severity: "error", what: "x" });
  const list = findings.list();
  is(list.length, 101);
  match(list.at(-1)?.what ?? "", /^Cannot use 900 more places/);
});

Deno.test("the first finding about lines says what to do with an input of another kind", () => {
  const findings = new InputFindings();
  findings.noteHead(new Uint8Array([0x1f, 0x8b, 8]), "f.gz", "exchanges");
  equals(findings.list(), []);
  for (let line = 1; line < 9; line++) findings.addLine("f.gz", line, "it is not JSON");
  const [first] = findings.list();
  ok(first?.fix?.startsWith("gunzip -c f.gz | oisp decode --from exchanges -"), first?.fix);
});
