import type { RedactionRule, Span } from "../rule.ts";
import type { Subject } from "../subject.ts";

/** A block without an end is hidden up to here, in UTF-16 units, and as far on as it goes on looking like one. */
export const LONGEST_PRIVATE_KEY = 16 * 1024;

const LONGEST_END_LINE = 80;

/** Every private block has this in its first line; public keys and certificates do not. */
const BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const NOT_IN_BLOCK = /[^A-Za-z0-9+/=\\\n\r]/g;
const PUTTY = /Private-Lines: ?\d+/g;
const PUTTY_END = /Private-(?:MAC|Hash): ?[0-9a-f]+/g;

/** PEM, OpenSSH, PGP and PuTTY private keys, whole; one without its end is hidden to the end of the text or 16 KiB. */
export const privateKeys: RedactionRule = {
  id: "private_key",
  summary: "Private keys in PEM, OpenSSH, PGP and PuTTY form",
  stability: "stable",
  class: "private_key",
  maxSpanLength: LONGEST_PRIVATE_KEY,
  examples: {
    positive: [
      "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
      '{"private_key":"-----BEGIN PRIVATE KEY-----\\nMIIEvQ\\n-----END PRIVATE KEY-----\\n"}',
      "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk",
      "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ\n-----END PGP PRIVATE KEY BLOCK-----",
      "Private-Lines: 2\nAAAAgQ\nAAAAgR\nPrivate-MAC: 1f",
    ],
    negative: [
      "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
      "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
      "the BEGIN PRIVATE KEY line",
    ],
  },
  find(subject: Subject, spans: Span[]): void {
    const text = subject.text;
    if (text.includes("-----BEGIN ")) findBlocks(text, BEGIN, END, spans);
    if (text.includes("Private-Lines")) findBlocks(text, PUTTY, PUTTY_END, spans);
  },
};

function findBlocks(text: string, beginPattern: RegExp, endPattern: RegExp, spans: Span[]): void {
  let from = 0;
  while (true) {
    beginPattern.lastIndex = from;
    const begin = beginPattern.exec(text);
    if (begin === null) return;
    const limit = begin.index + LONGEST_PRIVATE_KEY;
    endPattern.lastIndex = 0;
    const ending = endPattern.exec(text.slice(begin.index, limit + LONGEST_END_LINE));
    const end = ending === null ? findCutEnd(text, limit) : begin.index + ending.index + ending[0].length;
    spans.push({ start: begin.index, end });
    from = end;
  }
}

/** The end of a block that has none, or none near enough. */
function findCutEnd(text: string, limit: number): number {
  if (text.length <= limit) return text.length;
  NOT_IN_BLOCK.lastIndex = limit;
  return NOT_IN_BLOCK.exec(text)?.index ?? text.length;
}
