import { deepStrictEqual as equals, ok, rejects, strictEqual as is } from "node:assert";
import { collectSource } from "../../tests/support/run_source.ts";
import { Random } from "../../tests/support/random.ts";
import { FindingError } from "../model/finding.ts";
import { har } from "./har.ts";

async function read(json: unknown) {
  const run = await har.open({
    from: json instanceof Uint8Array ? json : new TextEncoder().encode(JSON.stringify(json)),
  });
  return { ...await collectSource(run), findings: run.findings() };
}

const ENTRY = {
  startedDateTime: "2026-08-19T14:34:12.100Z",
  time: 250.5,
  request: {
    method: "POST",
    url: "https://api.example.com/v1/messages",
    headers: [{ name: ":method", value: "POST" }, { name: "Content-Type", value: "application/json" }],
    postData: { mimeType: "application/json", text: '{"a":1}' },
  },
  response: {
    status: 200,
    headers: [{ name: "content-type", value: "application/json" }, { name: "content-encoding", value: "gzip" }],
    content: { mimeType: "application/json", text: "eyJiIjoyfQ==", encoding: "base64" },
  },
};

Deno.test("an entry becomes an exchange, base64 contents decoded, pseudo headers left out", async () => {
  const { facts, exchanges: [input] } = await read({ log: { entries: [ENTRY] } });
  const clock = facts[0];
  ok(input?.exchange.response !== undefined && clock?.kind === "clock");
  is(new TextDecoder().decode(input.responseBody), '{"b":2}');
  equals([...input.exchange.request.headers.keys()], ["content-type"]);
  is(input.exchange.request.firstByteNs / 1000 + clock.offsetUs, Date.parse(ENTRY.startedDateTime) * 1000);
  is(input.exchange.response.lastByteNs - input.exchange.request.firstByteNs, 250_500_000);
});

Deno.test("status 0 means that no answer came", async () => {
  const { exchanges: [input] } = await read({ log: { entries: [{ ...ENTRY, response: { status: 0 } }] } });
  is(input?.exchange.response, undefined);
});

Deno.test("an entry that cannot be used becomes a finding and harms no other", async () => {
  const { exchanges, findings } = await read({ log: { entries: [null, ENTRY, { request: {} }, ENTRY] } });
  is(exchanges.length, 2);
  equals(findings.map((finding) => finding.code), ["OISP-IN-006", "OISP-IN-006"]);
});

Deno.test("a file that is no HAR is refused with exit code 65", async () => {
  for (const json of [7, {}, { log: {} }, new TextEncoder().encode("{")]) {
    await rejects(() => read(json), (error: Error) => error instanceof FindingError && error.exitCode === 65);
  }
});

Deno.test("2,000 damaged files give exchanges or exit code 65", async () => {
  const random = new Random(8);
  const whole = new TextEncoder().encode(JSON.stringify({ log: { entries: [ENTRY, ENTRY] } }));
  for (let i = 0; i < 2000; i++) {
    const bytes = whole.slice(0, random.once(3) ? random.below(whole.length) : whole.length);
    for (let k = random.below(4); k > 0 && bytes.length > 0; k--) {
      bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
    }
    try {
      await read(bytes);
    } catch (error) {
      ok(error instanceof FindingError && error.exitCode === 65);
    }
  }
});
