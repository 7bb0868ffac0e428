import assert from "node:assert/strict";
import { hpackDamageFuzz, hpackFuzz, huffmanFuzz } from "../../../tests/fuzz/hpack.ts";
import { runFuzz, TEST_INPUTS } from "../../../tests/support/fuzz.ts";
import { concat } from "../../../tests/support/random.ts";
import { HpackDecoder } from "./hpack.ts";
import { decodeHuffman } from "./hpack_huffman.ts";

const encoder = new TextEncoder();

function decode(decoder: HpackDecoder, hex: string | Uint8Array): string[] | "malformed" {
  const fields: string[] = [];
  const block = typeof hex === "string" ? fromHex(hex) : hex;
  return decoder.decode(block, (name, value) => fields.push(`${name ?? "?"}=${value ?? "?"}`)) ? fields : "malformed";
}

Deno.test("hpack reads the request examples of RFC 7541 C.4", () => {
  const decoder = new HpackDecoder(false);
  const start = [":method=GET", ":scheme=http", ":path=/", ":authority=www.example.com"];
  assert.deepEqual(decode(decoder, "828684418cf1e3c2e5f23a6ba0ab90f4ff"), start);
  assert.deepEqual(decode(decoder, "828684be5886a8eb10649cbf"), [...start, "cache-control=no-cache"]);
  assert.deepEqual(decode(decoder, "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"), [
    ":method=GET",
    ":scheme=https",
    ":path=/index.html",
    ":authority=www.example.com",
    "custom-key=custom-value",
  ]);
});

Deno.test("hpack reads the response examples of RFC 7541 C.6, where the small table evicts", () => {
  const decoder = new HpackDecoder(false);
  // The examples assume a table of 256 bytes, which a size update at the front says.
  const first =
    "3fe101488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3";
  const rest = ["cache-control=private", "date=Mon, 21 Oct 2013 20:13:21 GMT", "location=https://www.example.com"];
  assert.deepEqual(decode(decoder, first), [":status=302", ...rest]);
  assert.deepEqual(decode(decoder, "4883640effc1c0bf"), [":status=307", ...rest]);
  const third =
    "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007";
  assert.deepEqual(decode(decoder, third), [
    ":status=200",
    "cache-control=private",
    "date=Mon, 21 Oct 2013 20:13:22 GMT",
    "location=https://www.example.com",
    "content-encoding=gzip",
    "set-cookie=foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
  ]);
});

Deno.test("hpack that joined late knows what was added since, and nothing else", () => {
  const decoder = new HpackDecoder(true);
  assert.deepEqual(decode(decoder, "83be"), [":method=POST", "?=?"]);
  // Literal with indexing: a new name, and one whose name is an unknown entry.
  assert.deepEqual(decode(decoder, concat([fromHex("40"), text("x-a"), text("1")])), ["x-a=1"]);
  assert.deepEqual(decode(decoder, concat([fromHex("7f01"), text("2")])), ["?=2"]);
  assert.deepEqual(decode(decoder, "bebfc0"), ["?=2", "x-a=1", "?=?"]);
});

Deno.test("hpack forgets the table when a block was lost, and knows it again when it was emptied", () => {
  const decoder = new HpackDecoder(false);
  assert.deepEqual(decode(decoder, concat([fromHex("40"), text("x-a"), text("1")])), ["x-a=1"]);
  decoder.loseState();
  assert.deepEqual(decode(decoder, "be"), ["?=?"]);
  assert.deepEqual(decode(decoder, concat([fromHex("203fe11f40"), text("x-b"), text("2")])), ["x-b=2"]);
  assert.deepEqual(decode(decoder, "be"), ["x-b=2"]);
  assert.equal(decode(decoder, "bf"), "malformed");
});

Deno.test("hpack refuses references beyond a known table, endless integers and texts that are too short", () => {
  for (const hex of ["be", "80", "ffffffffffff7f", "00", "0005", "4003616263", "400361626385ffffffffff"]) {
    assert.equal(decode(new HpackDecoder(false), hex), "malformed", hex);
  }
});

Deno.test("hpack bounds table, fields and text of a header bomb", () => {
  const decoder = new HpackDecoder(false);
  assert.deepEqual(decode(decoder, concat([fromHex("40"), text("x"), text("v".repeat(3000))])).length, 1);
  // 100,000 references to one large entry.
  const bomb = decode(decoder, new Uint8Array(100_000).fill(0xbe));
  assert.ok(bomb.length < 100);
  decode(decoder, fromHex("3fe1ffff03"));
  for (let i = 0; i < 100; i++) decode(decoder, concat([fromHex("40"), text(`n${i}`), text("v".repeat(2000))]));
  assert.ok(decoder.heldBytes <= 64 * 1024);
});

Deno.test("huffman refuses padding that is too long or no ones, and the end mark", () => {
  assert.equal(decodeHuffman(fromHex("f1e3c2e5f23a6ba0ab90f4ff")), "www.example.com");
  assert.equal(decodeHuffman(new Uint8Array(0)), "");
  for (const hex of ["ff", "f1e3c2e5f23a6ba0ab90f4ffff", "f1e3c2e5f23a6ba0ab90f4fe", "ffffffff"]) {
    assert.equal(decodeHuffman(fromHex(hex)), undefined, hex);
  }
});

for (const target of [hpackFuzz, hpackDamageFuzz, huffmanFuzz]) {
  Deno.test(`${target.name} survives seeded blocks`, () => runFuzz(target, TEST_INPUTS));
}

function text(value: string): Uint8Array {
  const bytes = encoder.encode(value);
  const length = bytes.length < 127
    ? [bytes.length]
    : [127, ((bytes.length - 127) & 0x7f) | 0x80, (bytes.length - 127) >> 7];
  return concat([Uint8Array.from(length), bytes]);
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
