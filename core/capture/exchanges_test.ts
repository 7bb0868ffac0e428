import { deepStrictEqual as equals, ok, strictEqual as is } from "node:assert";
import { Buffer } from "node:buffer";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { collectSource } from "../../tests/support/run_source.ts";
import { Random } from "../../tests/support/random.ts";
import { splitUrl } from "./exchange_input.ts";
import { exchanges } from "./exchanges.ts";

async function read(text: string | Uint8Array) {
  const run = await exchanges.open({ from: typeof text === "string" ? new TextEncoder().encode(text) : text });
  return { ...await collectSource(run), findings: run.findings() };
}

const LINE = {
  id: "a1",
  method: "POST",
  url: "https://api.example.com/v1/chat/completions?x=1",
  request_headers: { "Content-Type": "application/json", "Content-Encoding": "gzip" },
  request_body: '{"model":"m"}',
  status: 200,
  response_headers: { "content-encoding": "br", "set-cookie": ["a=1", "b=2"], date: "Wed, 19 Aug 2026 14:34:12 GMT" },
  response_body: "{}",
};

Deno.test("a line becomes a complete exchange with the line's id", async () => {
  const { exchanges: [input] } = await read(JSON.stringify(LINE));
  ok(input !== undefined);
  const { exchange } = input;
  is(exchange.inputId, "a1");
  is(exchange.request.host, "api.example.com");
  is(exchange.request.path, "/v1/chat/completions");
  is(exchange.request.target, "/v1/chat/completions?x=1");
  is(exchange.response?.status, 200);
  is(new TextDecoder().decode(input.requestBody), '{"model":"m"}');
});

Deno.test("headers of framing that is already undone are left out, the others joined by the rule", async () => {
  const { exchanges: [input] } = await read(JSON.stringify(LINE));
  ok(input?.exchange.response !== undefined);
  ok(!input.exchange.response.headers.has("content-encoding"));
  is(input.exchange.request.headers.get("content-type"), "application/json");
  is(input.exchange.response.headers.get("set-cookie"), "a=1\nb=2");
});

Deno.test("times come from the line, else from the answer's date", async () => {
  const { facts, exchanges: [dated] } = await read(JSON.stringify(LINE));
  const clock = facts[0];
  ok(clock?.kind === "clock" && dated !== undefined);
  is(dated.exchange.request.firstByteNs / 1000 + clock.offsetUs, Date.UTC(2026, 7, 19, 14, 34, 12) * 1000);
  const timed = { ...LINE, started_at: "2026-08-19T14:34:10.250Z", ended_at: "2026-08-19T14:34:11Z" };
  const { exchanges: [input] } = await read(JSON.stringify(timed));
  is((input?.exchange.response?.lastByteNs ?? 0) - (input?.exchange.request.firstByteNs ?? 0), 750_000_000);
});

Deno.test("a line without a status is a request that got no answer", async () => {
  for (const status of [undefined, null, 0]) {
    const { exchanges: [input] } = await read(JSON.stringify({ method: "POST", url: "https://a.b/c", status }));
    ok(input !== undefined);
    is(input.exchange.response, undefined);
  }
});

Deno.test("a body may be a JSON value or base64", async () => {
  const lines = [
    { ...LINE, request_body: { a: [1] } },
    { ...LINE, request_body: undefined, request_body_base64: "eyJh\nIjpb MV19" },
  ];
  const { exchanges: inputs } = await read(lines.map((item) => JSON.stringify(item)).join("\n"));
  equals(inputs.map((input) => new TextDecoder().decode(input.requestBody)), ['{"a":[1]}', '{"a":[1]}']);
});

Deno.test("a body that is still compressed keeps its coding, told by its bytes; a text that only says so is text", async () => {
  const text = JSON.stringify({ a: "ü".repeat(40) });
  const coded: readonly [string | undefined, string, Uint8Array][] = [
    ["gzip", "gzip", gzipSync(text)],
    ["gzip", "", gzipSync(text)],
    ["br", "br", brotliCompressSync(text)],
    ["deflate", "deflate", deflateSync(text)],
    ["zstd", "zstd", zstdCompressSync(text)],
    [undefined, "gzip", Buffer.from(text)],
    [undefined, "br", Buffer.from(text)],
  ];
  const lines = coded.map(([, stated, bytes]) => ({
    ...LINE,
    response_headers: { "content-type": "application/json", ...(stated === "" ? {} : { "content-encoding": stated }) },
    response_body: undefined,
    response_body_base64: Buffer.from(bytes).toString("base64"),
  }));
  const { exchanges: inputs } = await read(lines.map((item) => JSON.stringify(item)).join("\n"));
  equals(
    inputs.map((input) => input.exchange.response?.headers.get("content-encoding")),
    coded.map(([expected]) => expected),
  );
  // The same under the name of a text.
  const asText = { ...lines[0], response_body: lines[0]?.response_body_base64, response_body_base64: undefined };
  const { exchanges: [input] } = await read(JSON.stringify(asText));
  is(input?.exchange.response?.headers.get("content-encoding"), "gzip");
  equals([...(input?.responseBody ?? [])], [...gzipSync(text)]);
});

Deno.test("a line that cannot be used becomes a finding with its number and harms no other line", async () => {
  const bad = ["{", "7", '{"url":"https://a/b"}', '{"method":"GET"}', '{"method":"GET","url":"u","status":"x"}'];
  const { exchanges: inputs, findings } = await read(bad.map((text) => text + "\n" + JSON.stringify(LINE)).join("\n"));
  is(inputs.length, bad.length);
  equals(findings.map((finding) => finding.position?.line), bad.map((_, index) => 2 * index + 1));
});

Deno.test("URLs are split by their slashes, masks are no hosts", () => {
  equals(splitUrl("https://User:pw@API.Example.com:443/a?b#c"), { host: "api.example.com", target: "/a?b" });
  equals(splitUrl("http://localhost:11434"), { host: "localhost:11434", target: "/" });
  equals(splitUrl("<API_BASE>/chat/completions"), { target: "/chat/completions" });
  equals(splitUrl("https://[::1]:8080/x"), { host: "[::1]:8080", target: "/x" });
  equals(splitUrl("https://bedrock-runtime.<AWS_REGION>.amazonaws.com/model/m/converse"), {
    host: "bedrock-runtime.<aws_region>.amazonaws.com",
    target: "/model/m/converse",
  });
});

Deno.test("2,000 damaged inputs are read without a throw", async () => {
  const random = new Random(6);
  const whole = new TextEncoder().encode((JSON.stringify(LINE) + "\n").repeat(2));
  for (let i = 0; i < 2000; i++) {
    const bytes = random.once(10) ? random.bytes(200) : whole.slice(0, random.below(whole.length));
    for (let k = random.below(5); k > 0 && bytes.length > 0; k--) {
      bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
    }
    await read(bytes);
  }
});

Deno.test("a method is what stands on the wire, however a recorder wrote it", async () => {
  const { exchanges: [input] } = await read(JSON.stringify({ method: "post", url: "https://a.b/c" }));
  is(input?.exchange.request.method, "POST");
});

Deno.test("a body that a recorder wrote in hexadecimal digits is its bytes", async () => {
  const bytes = new Uint8Array(64).map((_, i) => i * 5);
  const json = new TextEncoder().encode('{"choices":[{"index":0}],"x":"a rather long text, long enough"}');
  const write = (type: string, body: Uint8Array) => ({
    ...LINE,
    response_headers: { "content-type": type },
    response_body: Buffer.from(body).toString("hex"),
  });
  const lines = [
    write("application/vnd.amazon.eventstream", bytes),
    write("application/json", gzipSync(json)),
    { ...LINE, response_headers: { "content-type": "text/plain" }, response_body: "00ff".repeat(20) },
    { ...LINE, response_headers: { "content-type": "application/octet-stream" }, response_body: "cafe" },
  ];
  const { exchanges: read4 } = await read(lines.map((line) => JSON.stringify(line)).join("\n"));
  equals(read4[0]?.responseBody, bytes);
  equals(read4[1]?.responseBody, new Uint8Array(gzipSync(json)));
  is(read4[1]?.exchange.response?.headers.get("content-encoding"), "gzip");
  is(new TextDecoder().decode(read4[2]?.responseBody), "00ff".repeat(20), "text that says it is text stays as it is");
  is(read4[3]?.responseBody.length, 3, "a few characters may be base64");
});
