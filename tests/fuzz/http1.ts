import type { Flow } from "../../core/decode/connection/connection_format.ts";
import { http1 } from "../../core/decode/connection/http1.ts";
import { fuzzConnection } from "../support/fuzz_wire.ts";
import type { Random } from "../support/random.ts";

const encoder = new TextEncoder();

/** Damaged and cut HTTP/1 conversations. */
export const http1Fuzz = fuzzConnection(http1, (random) => {
  const steps: { flow: Flow; bytes: Uint8Array }[] = [];
  for (let count = 1 + random.below(4); count > 0; count--) {
    const body = "x".repeat(random.below(60));
    steps.push({ flow: "request", bytes: encoder.encode(requestText(random, body)) });
    steps.push({ flow: "response", bytes: encoder.encode(responseText(random, body)) });
  }
  if (random.once(4)) random.shuffle(steps);
  return steps;
});

function requestText(random: Random, body: string): string {
  const method = random.pick(["GET", "POST", "HEAD", "CONNECT", "OPTIONS"]);
  const version = random.pick(["HTTP/1.1", "HTTP/1.0", "HTTP/2.0"]);
  const more = random.pick([
    "",
    "Upgrade: h2c\r\nConnection: upgrade\r\n",
    "X: a\r\n b\r\n",
    "Expect: 100-continue\r\n",
  ]);
  const target = random.pick(["/a", "*", "http://h/x?y", "h:443"]);
  return `${method} ${target} ${version}\r\nHost: h\r\n${more}${framed(random, body)}`;
}

function responseText(random: Random, body: string): string {
  const interim = random.once(5) ? "HTTP/1.1 100 Continue\r\n\r\n" : "";
  const status = random.pick([200, 204, 304, 404, 101, 500]);
  return `${interim}HTTP/1.1 ${status} Some\r\nX: y\r\n${framed(random, body)}`;
}

function framed(random: Random, body: string): string {
  switch (random.below(4)) {
    case 0:
      return `Content-Length: ${body.length}\r\n\r\n${body}`;
    case 1:
      return `Content-Length: ${random.pick(["x", "-1", "99999999999999999999", "1, 2"])}\r\n\r\n${body}`;
    case 2:
      return `Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)};a\r\n${body}\r\n0\r\nT: v\r\n\r\n`;
    default:
      return `\r\n${body}`;
  }
}
