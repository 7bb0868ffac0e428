import type { RedactionRule, Span } from "../rule.ts";
import type { Subject } from "../subject.ts";
import { findEntropy } from "./entropy.ts";

const JWT = /\beyJ[\w-]{8,4096}\.[\w-]{2,16384}(?:\.[\w-]{0,16384}){0,3}/g;
const DISCORD = /(?<![\w.-])[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,45}(?![\w-])/g;
const TELEGRAM = /(?<![\w:])\d{8,10}:[A-Za-z0-9_-]{35}(?![\w-])/g;
const AZURE_AD = /(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~-])/g;
const COPILOT = /\btid=[0-9a-f]{16,64};(?:[\w-]+=[^\s;"']*;?){1,40}/g;
const TWILIO = /\b(?:SK|AC)[0-9a-f]{32}\b/g;
const AWS_KEY_ID = /(?<![A-Za-z0-9])A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}/;
const AWS_SECRET = /(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/g;
/** An AWS secret is looked for this near to a key id. */
const AWS_NEAR = 200;

/** Tokens known by their build: JWT, Discord, Telegram, Azure AD, Copilot, Twilio, and AWS secrets beside a key id. */
export const tokens: RedactionRule = {
  id: "token",
  summary:
    "Tokens known by their build: JWT, Discord, Telegram, Azure AD, Copilot, Twilio, AWS secret beside its key id",
  stability: "stable",
  class: "token",
  maxSpanLength: 512,
  examples: {
    positive: [
      "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
      "AKIAQ7ZKX2M4WB5TNA3C then q7Zk2XmW4bT5nA3cRv8LQ7ZKX2M4WB5TNA3C/+ab",
      "123456789:AAq7Zk2XmW4bT5nA3cRv8LQ7ZKX2M4WB5TN",
    ],
    negative: ["version 1.2.3.4", "k8s.io.api.core.v1.namespaced-resources", "eyJ is how tokens begin"],
  },
  find(subject: Subject, spans: Span[]): void {
    const { text, longWords } = subject;
    for (let i = 0; i + 1 < longWords.length; i += 2) {
      const start = longWords[i] ?? 0;
      pushTokens(text.slice(start, longWords[i + 1]), start, spans);
    }
    if (longWords.length > 0) pushAwsSecrets(text, longWords, spans);
  },
};

function pushTokens(word: string, offset: number, spans: Span[]): void {
  if (word.includes("eyJ")) pushAll(word, offset, JWT, spans, isJwt);
  if (word.includes("Q~")) pushAll(word, offset, AZURE_AD, spans, isAny);
  if (word.includes("tid=")) pushAll(word, offset, COPILOT, spans, isAny);
  if (word.includes(":")) pushAll(word, offset, TELEGRAM, spans, isVaried);
  if (word.includes(".")) pushAll(word, offset, DISCORD, spans, isVaried);
  if (word.includes("SK") || word.includes("AC")) pushAll(word, offset, TWILIO, spans, isAny);
}

function pushAll(
  word: string,
  offset: number,
  pattern: RegExp,
  spans: Span[],
  accept: (match: string) => boolean,
): void {
  for (const match of word.matchAll(pattern)) {
    const start = offset + match.index;
    if (accept(match[0])) spans.push({ start, end: start + match[0].length });
  }
}

function isAny(): boolean {
  return true;
}

function isVaried(match: string): boolean {
  return findEntropy(match) >= 3.5;
}

/** The header of a JSON Web Token names its algorithm; claims that begin like JSON are enough where the header is odd. */
function isJwt(match: string): boolean {
  if (match.includes(".eyJ")) return true;
  const header = match.slice(0, match.indexOf(".")).replaceAll("-", "+").replaceAll("_", "/");
  try {
    return atob(header).includes('"alg"');
  } catch {
    return false;
  }
}

function pushAwsSecrets(text: string, longWords: readonly number[], spans: Span[]): void {
  for (let i = 0; i + 1 < longWords.length; i += 2) {
    const start = longWords[i] ?? 0;
    const id = text.slice(start, longWords[i + 1]).search(AWS_KEY_ID);
    if (id < 0) continue;
    const from = Math.max(0, start + id - AWS_NEAR);
    for (const secret of text.slice(from, start + id + AWS_NEAR).matchAll(AWS_SECRET)) {
      const secretStart = from + secret.index;
      if (findEntropy(secret[0]) >= 4 && !/^[0-9a-f]+$/.test(secret[0])) {
        spans.push({ start: secretStart, end: secretStart + 40 });
      }
    }
  }
}
