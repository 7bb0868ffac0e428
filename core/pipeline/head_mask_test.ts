import { deepStrictEqual as equals, ok, strictEqual as is } from "node:assert";
import { Buffer } from "node:buffer";
import { cut, Random } from "../../tests/support/random.ts";
import { requestFiller, responseFiller } from "./filler.ts";
import { maskHeads } from "./head_mask.ts";

function mask(text: string): string {
  const bytes = new Uint8Array(Buffer.from(text, "latin1"));
  maskHeads([bytes]);
  return Buffer.from(bytes).toString("latin1");
}

const HEAD =
  "POST /v1/x?key=AIzaSyTOPSECRET&alt=sse HTTP/1.1\r\nHost: a.b\r\nAUTHORIZATION:   Bearer sk-proj-TOPSECRET\r\n" +
  "x-api-key: sk-ant-api03-TOPSECRET\r\nCookie: a=TOPSECRET;\r\n b=TOPSECRET\r\nContent-Length: 9\r\n\r\nTOPSECRET";

Deno.test("credential values become stars of equal length; scheme, public beginning and everything else stay", () => {
  const masked = mask(HEAD);
  is(masked.length, HEAD.length);
  is(masked.split("TOPSECRET").length, 2, "only the body still has the word");
  ok(masked.includes("key=AIza"), masked);
  ok(masked.includes("AUTHORIZATION:   Bearer sk-proj-*********\r\n"));
  ok(masked.includes("Host: a.b\r\n") && masked.includes("Content-Length: 9\r\n\r\nTOPSECRET"));
});

Deno.test("a signature keeps only the word before it", () => {
  const masked = mask("GET / HTTP/1.1\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=abc\r\n\r\n");
  ok(/Authorization: AWS4-HMAC-SHA256 \*+\r\n\r\n$/.test(masked), masked);
});

Deno.test("the head of the answer behind interim ones is masked", () => {
  const masked = mask("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nSet-Cookie: s=TOPSECRET\r\n\r\nbody");
  ok(!masked.includes("TOPSECRET") && masked.endsWith("body"));
});

Deno.test("a head that is cut into pieces anywhere is masked alike", () => {
  const whole = mask(HEAD);
  for (let seed = 1; seed < 60; seed++) {
    const pieces = cut(new Uint8Array(Buffer.from(HEAD, "latin1")), seed);
    maskHeads(pieces);
    is(Buffer.concat(pieces).toString("latin1"), whole);
  }
});

Deno.test("2,000 random heads are masked without a throw and keep their length", () => {
  const random = new Random(4);
  for (let i = 0; i < 2000; i++) {
    const bytes = new Uint8Array(Buffer.from(HEAD, "latin1"));
    for (let k = random.below(30); k > 0; k--) bytes[random.below(bytes.length)] = random.below(256);
    const pieces = cut(bytes, random.below(50));
    maskHeads(pieces);
    is(Buffer.concat(pieces).length, bytes.length);
  }
});

Deno.test("fillers of every length from 19 bytes on are as long as asked, their body counted", () => {
  for (const length of [...Array.from({ length: 9000 }, (_, index) => index + 19), 1_000_000, 10_000_017]) {
    for (const toFiller of [requestFiller, responseFiller]) {
      const text = Buffer.from(toFiller(length) ?? new Uint8Array()).toString("latin1");
      const body = Number(/content-length: (\d+)/.exec(text)?.[1] ?? 0);
      is(text.length + body, length);
      ok(text.endsWith("\r\n\r\n"));
    }
  }
  equals(requestFiller(5), undefined);
});

Deno.test("where several requests are in one record, the credentials of each are masked", () => {
  const bytes = new Uint8Array(Buffer.from(`{"tail":1}\r\n\r\n${HEAD}${HEAD}`, "latin1"));
  maskHeads([bytes], true);
  const masked = Buffer.from(bytes).toString("latin1");
  is(masked.split("TOPSECRET").length, 3, "only the bodies still have the word");
});
