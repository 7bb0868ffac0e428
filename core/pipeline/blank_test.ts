import { ok, strictEqual as is } from "node:assert";
import { Buffer } from "node:buffer";
import { sniffRequest, startsResponse } from "../decode/connection/http1_sniff.ts";
import { cut, Random } from "../../tests/support/random.ts";
import { blank, mayBeOpenHead } from "./blank.ts";

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

function blanked(text: string, isRequest: boolean): string {
  const bytes = bytesOf(text);
  blank([bytes], isRequest);
  return textOf(bytes);
}

Deno.test("of what is blanked only line ends, lengths and the shape of first lines stay", () => {
  is(
    blanked("POST /secret?a=b HTTP/1.1\r\nHost: x\r\n\r\n{secret}", true),
    "AAAA /********** HTTP/1.1\r\n*******\r\n\r\n********",
  );
  is(blanked("HTTP/1.1 200 Secret\r\nA: b\r\n\r\nsecret", false), "HTTP/1.1 200*******\r\n****\r\n\r\n******");
  is(blanked("secret\r\nHTTP/1.1 200 no start\r\n", false), "******\r\n*********************\r\n");
});

Deno.test("an answer's head may go on while its empty line is missing", () => {
  for (
    const [text, isOpen] of [
      ["HTTP/1.1 200 OK\r\nA: b\r\n", true],
      ["HT", true],
      ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.", true],
      ["HTTP/1.1 200 OK\r\n\r\n", false],
      ["HTTP/1.1 200 OK\r\n\r\nbody", false],
      ["body", false],
    ] as const
  ) is(mayBeOpenHead([bytesOf(text)]), isOpen, text);
});

Deno.test("records look like the beginning of a message, blanked or not, for 2,000 seeded cuts of damaged conversations", () => {
  const random = new Random(4);
  const texts = [
    "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\n\r\n{}",
    "HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody text",
    "AB c",
  ];
  for (let round = 0; round < 2000; round++) {
    const isRequest = random.once(2);
    const text = Array.from({ length: 1 + random.below(4) }, () => random.pick(texts).slice(random.below(3))).join("");
    const pieces = cut(bytesOf(text), 2 + random.below(1e6));
    const before = pieces.map((piece) => piece.slice());
    blank(pieces, isRequest);
    // The first piece is where a decoder that looks for a message begins.
    const looks = (bytes: Uint8Array) => isRequest ? sniffRequest(bytes) === 0 : !startsResponse(bytes);
    is(looks(pieces[0]!), looks(before[0]!), `round ${round}: ${JSON.stringify(text)}`);
    ok(pieces.every((piece, index) => piece.length === before[index]!.length));
  }
});
