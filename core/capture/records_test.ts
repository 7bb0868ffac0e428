import { deepStrictEqual as equals, ok, rejects, strictEqual as is } from "node:assert";
import { Buffer } from "node:buffer";
import { collectSource, dataFacts } from "../../tests/support/run_source.ts";
import { recordsLineFuzz } from "../../tests/fuzz/capture.ts";
import { runFuzz, TEST_INPUTS } from "../../tests/support/fuzz.ts";
import { Random } from "../../tests/support/random.ts";
import { records } from "./records.ts";

async function read(text: string | Uint8Array) {
  const run = await records.open({ from: typeof text === "string" ? new TextEncoder().encode(text) : text });
  return { ...await collectSource(run), findings: run.findings() };
}

function line(fields: Record<string, unknown>, data = "hi"): string {
  return JSON.stringify({ conn: 0, dir: "w", ts_ns: 1000, data: Buffer.from(data).toString("base64"), ...fields }) +
    "\n";
}

Deno.test("pieces without an offset are appended, each direction for itself", async () => {
  const { facts } = await read(
    line({}, "abc") + line({ dir: "r" }, "12345") + line({}, "de") + line({ dir: "r" }, "6"),
  );
  const seen = dataFacts(facts).map((fact) => [fact.direction, fact.streamOffset, Buffer.from(fact.bytes).toString()]);
  equals(seen, [[1, 0, "abc"], [2, 0, "12345"], [1, 3, "de"], [2, 5, "6"]]);
});

Deno.test("the first facts are a clock, the process and the opened connection", async () => {
  const { facts } = await read(line({ pid: 5, tid: 6, comm: "python3" }));
  equals(facts.map((fact) => fact.kind), ["clock", "process", "connection", "data"]);
  const process = facts[1];
  ok(process?.kind === "process" && process.comm === "python3" && process.processKey === 5 && process.state === "seen");
  is(facts[3]?.tid, 6);
});

Deno.test("a closed connection says its ends, and its name then means a new connection", async () => {
  const { facts } = await read(line({ closed: true }, "abc") + line({}, "x"));
  const closed = facts.find((fact) => fact.kind === "connection" && fact.state === "closed");
  ok(closed?.kind === "connection" && closed.sentEnd === 3 && closed.receivedEnd === 0 && closed.connId === 1);
  equals(dataFacts(facts).map((fact) => [fact.connId, fact.streamOffset]), [[1, 0], [2, 0]]);
});

Deno.test("connections may be named by number or text", async () => {
  const { facts } = await read(line({ conn: 1 }) + line({ conn: "1" }) + line({ conn: 'a"b' }) + line({ conn: 1 }));
  equals(dataFacts(facts).map((fact) => fact.connId), [1, 2, 3, 1]);
});

Deno.test("slashes that an encoder escaped are read on every line, not only on the first", async () => {
  const escaped = line({}, "\xff\xff\xff?").replaceAll("/", "\\/");
  ok(escaped.includes("\\/"));
  const { facts, findings } = await read(escaped + escaped + line({}, "x") + escaped);
  equals(findings, []);
  equals(dataFacts(facts).map((fact) => Buffer.from(fact.bytes).toString()), ["ÿÿÿ?", "ÿÿÿ?", "x", "ÿÿÿ?"]);
});

Deno.test("times since 1970 keep every digit", async () => {
  const { facts } = await read(`{"conn":1,"dir":"w","ts_ns":1790000000123456789,"data":"QQ=="}\n`.repeat(2));
  const clock = facts[0];
  ok(clock?.kind === "clock");
  for (const fact of dataFacts(facts)) {
    is(Math.floor(fact.entryNs / 1000) + clock.offsetUs, 1790000000123456);
    is(fact.entryNs % 1000, 789);
  }
});

Deno.test("advance facts come with each second of capture time, and leave late lines ten", async () => {
  const { facts } = await read([0, 0.5e9, 11.1e9, 11.2e9, 15e9].map((time) => line({ ts_ns: time })).join(""));
  const to = facts.flatMap((fact) => fact.kind === "advance" ? [fact.toNs] : []);
  equals(to, [1.1e9, 5e9]);
});

Deno.test("pieces that say their place come in order of time, and the end after them", async () => {
  const { facts } = await read(
    line({ dir: "r", ts_ns: 3000, offset: 0 }, "answer") + line({ dir: "r", ts_ns: 9000, closed: true }, "") +
      line({ ts_ns: 2000, offset: 3 }, "uest") + line({ ts_ns: 1000, offset: 0 }, "req"),
  );
  equals(dataFacts(facts).map((fact) => Buffer.from(fact.bytes).toString()), ["req", "uest", "answer"]);
  const closed = facts.at(-1);
  ok(closed?.kind === "connection" && closed.sentEnd === 7 && closed.receivedEnd === 6);
});

Deno.test("a line that is older than the end of its connection opens no new one", async () => {
  const end = line({ dir: "r", ts_ns: 3000, closed: true }, "");
  const { facts } = await read(line({ ts_ns: 1000, offset: 0 }) + end + line({ ts_ns: 2000, offset: 0 }) + end);
  equals(facts.filter((fact) => fact.kind === "connection").map((fact) => fact.state), ["opened", "closed"]);
  equals(dataFacts(facts).map((fact) => fact.connId), [1, 1]);
});

Deno.test("a line that cannot be used becomes a finding with its number and harms no other line", async () => {
  const bad = [
    "nonsense",
    "[1]",
    `{"dir":"w","ts_ns":1,"data":""}`,
    `{"conn":1,"dir":"x","ts_ns":1,"data":""}`,
    `{"conn":1,"dir":"w","ts_ns":-1,"data":""}`,
    `{"conn":1,"dir":"w","ts_ns":1,"data":"%%%%"}`,
    `{"conn":1,"dir":"w","ts_ns":1,"data":7}`,
    `{"conn":1,"dir":"w","ts_ns":1,"data":"QQ==","offset":1.5}`,
  ];
  const { facts, findings } = await read(bad.map((text) => line({}) + text + "\n").join("") + line({}));
  is(dataFacts(facts).length, bad.length + 1);
  equals(findings.map((finding) => finding.position?.line), bad.map((_, index) => 2 * index + 2));
  ok(findings.every((finding) => finding.code === "OISP-IN-003"));
});

Deno.test("empty lines, carriage returns and a last line without an end are fine", async () => {
  const { facts, findings } = await read("\n" + line({}).trim() + "\r\n\n" + line({}).trim());
  is(dataFacts(facts).length, 2);
  is(findings.length, 0);
});

Deno.test("a missing file is a finding with exit code 66", async () => {
  await rejects(
    () => records.open({ from: "/nonexistent/records.jsonl" }),
    (error: Error & { exitCode?: number }) => error.exitCode === 66,
  );
});

/** The same facts through the template scanner and through JSON.parse must agree: spaces defeat the scanner. */
Deno.test("the fast scanner and JSON.parse read the same facts from 2,000 random lines", async () => {
  const random = new Random(3);
  let compact = "";
  let spaced = "";
  for (let i = 0; i < 2000; i++) {
    const fields = {
      conn: !random.once(5) ? random.below(5) : `c${random.below(3)}é`,
      pid: random.below(3),
      tid: random.below(3),
      comm: !random.once(10) ? "py" : 'a"\\b',
      dir: random.once(2) ? "w" : "r",
      ts_ns: random.below(2 ** 31) * (random.once(2) ? 1 : 1024),
      data: Buffer.from(random.bytes(random.below(90))).toString("base64"),
      ...(random.once(10) ? { offset: random.below(1000) } : {}),
      ...(random.once(20) ? { closed: true } : {}),
    };
    compact += JSON.stringify(fields) + "\n";
    spaced += JSON.stringify(fields).replace("{", "{ ") + "\n";
  }
  equals((await read(compact)).facts, (await read(spaced)).facts);
});

Deno.test("lines longer than a block are read", async () => {
  const data = "x".repeat(3_000_000);
  const { facts } = await read(line({}) + line({}, data) + line({}));
  equals(dataFacts(facts).map((fact) => fact.bytes.length), [2, 3_000_000, 2]);
});

Deno.test("2,000 damaged inputs are read without a throw", async () => {
  const random = new Random(5);
  const whole = new TextEncoder().encode([1, 2, 3, 4].map((conn) => line({ conn, pid: 1, comm: "a" })).join(""));
  for (let i = 0; i < 2000; i++) {
    const bytes = random.once(5) ? random.bytes(200) : whole.slice(0, random.below(whole.length));
    for (let k = random.below(4); k > 0 && bytes.length > 0; k--) {
      bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
    }
    const { facts } = await read(bytes);
    for (const fact of dataFacts(facts)) ok(fact.streamOffset >= 0);
  }
});

Deno.test("lines of any shape read the same by template and by JSON", () => runFuzz(recordsLineFuzz, TEST_INPUTS));
