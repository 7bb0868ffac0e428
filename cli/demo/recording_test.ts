/**
 * The shipped recording is what every later version has to read: it was written by the first version of the format. A change that
 * makes one of these tests fail breaks the recordings that people have.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import { createRecordCounters, readRecords, writeRecord } from "../../core/capture/record_codec.ts";
import { recording } from "../../core/capture/recording.ts";
import { readRecordingHeader, RecordingFlag } from "../../core/capture/recording_header.ts";
import { RECORD_HEADER_BYTES } from "../../core/capture/record_layout.ts";
import type { RedactedEvent, RedactionMode } from "../../core/model/oisp_event.ts";
import type { RawCapture } from "../../core/model/raw_capture.ts";
import { createPipeline } from "../../core/pipeline/pipeline.ts";
import story from "./story.oispcap" with { type: "bytes" };
import { renderDemo } from "./view.ts";

const FACTS = new URL("story.facts.jsonl", import.meta.url);
const TABLE = new URL("story.txt", import.meta.url);
const isWriting = Deno.env.get("OISP_GOLDEN") === "write";

function readHeader() {
  const read = readRecordingHeader(story, "story.oispcap");
  if (read.type !== "done") throw new Error("the header is cut");
  return read;
}

function readFacts(): { facts: RawCapture[]; records: Uint8Array } {
  const facts: RawCapture[] = [];
  const counters = createRecordCounters();
  const records = story.subarray(readHeader().headerBytes);
  const { consumed, damage } = readRecords(records, counters, (fact) => facts.push(fact) > 0);
  deepStrictEqual({ consumed, damage, counters }, {
    consumed: records.length,
    damage: undefined,
    counters: { records: facts.length, unknownKinds: 0, badPayloads: 0 },
  });
  return { facts, records };
}

async function replay(mode: RedactionMode): Promise<RedactedEvent[]> {
  const events: RedactedEvent[] = [];
  const source = await recording.open({ from: story });
  const taps = [{ mode, take: (event: RedactedEvent) => void events.push(event) }];
  const { findings } = await createPipeline({ source, destinations: [], taps, collectorVersion: "0.0.0" }).run();
  deepStrictEqual(findings, []);
  return events;
}

async function toGolden(fact: RawCapture): Promise<string> {
  if (fact.kind !== "data") return JSON.stringify(fact);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", fact.bytes.slice()));
  const { bytes, ...rest } = fact;
  return JSON.stringify({ ...rest, data_bytes: bytes.length, sha256: hash.toHex() });
}

async function compare(url: URL, text: string): Promise<void> {
  if (isWriting) await Deno.writeTextFile(url, text);
  strictEqual(text, await Deno.readTextFile(url));
}

Deno.test("the header is one of format version 1, of a machine that exists nowhere", () => {
  const { header } = readHeader();
  strictEqual(header.version, 1);
  strictEqual(header.flags, RecordingFlag.containsPlaintext | RecordingFlag.containsHttp2Credentials);
  strictEqual(header.host.hostname, "workstation");
  strictEqual(header.bootId, "5f0c2c1e-7d1b-4a54-9d0e-0d15c0de0001");
});

Deno.test("every record is read as the fact it was, field by field", async () => {
  const { facts } = readFacts();
  await compare(FACTS, (await Promise.all(facts.map(toGolden))).join("\n") + "\n");
});

Deno.test("every record is written back byte for byte", () => {
  const { facts, records } = readFacts();
  let at = 0;
  for (const fact of facts) {
    const bytes = writeRecord(fact);
    deepStrictEqual(bytes, records.slice(at, at + bytes.length), `record ${fact.seq}`);
    at += bytes.length;
  }
  strictEqual(at, records.length);
});

Deno.test("fields that a later version adds behind the header are skipped", async () => {
  const { facts } = readFacts();
  const wider = facts.map((fact) => {
    const bytes = writeRecord(fact);
    const wide = new Uint8Array(bytes.length + 8);
    wide.set(bytes.subarray(0, RECORD_HEADER_BYTES));
    wide.fill(0xab, RECORD_HEADER_BYTES, RECORD_HEADER_BYTES + 8);
    wide.set(bytes.subarray(RECORD_HEADER_BYTES), RECORD_HEADER_BYTES + 8);
    const view = new DataView(wide.buffer);
    view.setUint32(0, wide.length, true);
    view.setUint16(4, RECORD_HEADER_BYTES + 8, true);
    return wide;
  });
  const read: RawCapture[] = [];
  for (const bytes of wider) readRecords(bytes, createRecordCounters(), (fact) => read.push(fact) > 0);
  deepStrictEqual(await Promise.all(read.map(toGolden)), await Promise.all(facts.map(toGolden)));
});

Deno.test("the whole pipeline tells the story: calls, a refusal and its retry, tools and what they made run", async () => {
  const events = await replay("full");
  const calls = events.flatMap((event) => event.event_type === "ai.response" ? [event] : []);
  deepStrictEqual(
    calls.map(({ data, process }) => [
      process?.exe,
      data.provider?.id,
      data.model?.id,
      data.usage?.prompt_tokens,
      data.usage?.completion_tokens,
      data.status_code,
      data.choices?.[0]?.finish_reason,
    ]),
    [
      ["/usr/bin/python3.11", "openai", "gpt-4o-mini-2024-07-18", 96, 15, 200, "tool_calls"],
      ["/usr/bin/python3.11", "openai", "gpt-4o-mini", undefined, undefined, 429, undefined],
      ["/usr/bin/python3.11", "openai", "gpt-4o-mini-2024-07-18", 138, 17, 200, "stop"],
      ["/usr/bin/node", "anthropic", "claude-sonnet-4-20250514", 402, 58, 200, "tool_calls"],
      ["/usr/bin/node", "anthropic", "claude-sonnet-4-20250514", 489, 31, 200, "stop"],
      ["/usr/bin/curl", "openai", "gpt-4o-2024-08-06", 23, 14, 200, "stop"],
    ],
  );
  const links = events.flatMap((event) => event.related_events ?? []).map((
    { relationship, rule },
  ) => [relationship, rule]);
  ok(links.some(([, rule]) => rule === "retry_of_failed_call"), JSON.stringify(links));
  ok(links.some(([relationship]) => relationship === "caused_by"), JSON.stringify(links));
  const tools = events.flatMap((event) => event.event_type === "agent.tool_result" ? [event.data.tool?.name] : []);
  deepStrictEqual(tools, ["bash", "count_lines"]);
  ok(events.every(({ confidence }) => confidence.completeness === "full"));
  ok(events.every(({ event_type }) => event_type !== "sensor.loss"));
});

Deno.test("nothing in it is of a real machine or a real person, bodies decoded", async () => {
  const events = JSON.stringify(await replay("full"));
  const text = new TextDecoder("latin1").decode(story) + events;
  const paths = new Set(text.match(/\/(?:home|root|tmp|var|work|mnt|srv|data|Users)\/[\w.-]+/g));
  deepStrictEqual([...paths], ["/home/dana"]);
  deepStrictEqual([...new Set([...text.matchAll(/"username":"(\w+)"/g)].map(([, name]) => name))], ["root", "dana"]);
  const addresses = new Set(text.match(/\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/g));
  deepStrictEqual([...addresses].filter((ip) => !/^(192\.0\.2|203\.0\.113)\./.test(ip)), []);
  deepStrictEqual([...new Set(text.match(/[\w.+-]+@[\w-]+\.\w+/g))], ["dana@example.com"]);
  match(text, /"kernel_version":"6\.12\.0-demo"/);
});

Deno.test("the table fits 100 columns, hides what is to be hidden, and is the one that is expected", async () => {
  const lines = renderDemo(await replay("masked"), { hasColor: false, columns: 100 });
  deepStrictEqual(lines.filter((line) => [...line].length > 100), []);
  const text = lines.join("\n") + "\n";
  deepStrictEqual(text.match(/0demo0demo0|AKIAIOSFODNN7EXAMPLE|dana@example/g), null);
  await compare(TABLE, text);
});

Deno.test("in a narrow window names give way, numbers stay", async () => {
  const lines = renderDemo(await replay("masked"), { hasColor: false, columns: 80 });
  deepStrictEqual(lines.filter((line) => [...line].length > 80), []);
  ok(
    lines.some((line) => /python3\.11\[.* openai .* gpt-4o-m.*… .* 96→15 .* \$0\.0000234 .* ms$/.test(line)),
    lines.join("\n"),
  );
});
