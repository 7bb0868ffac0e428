import type { RedactionRule, Span } from "../rule.ts";
import type { Subject } from "../subject.ts";
import { findLineEnd, readAssignedValue } from "./assigned_value.ts";
import { isPlaceholder } from "./entropy.ts";

/** A scheme word before a long word. */
const SCHEME = /\b(?:Bearer|Basic|ApiKey|(?:token|key|secret)(?: is)?)[ \t]+["'`]?$/i;
const CREDENTIAL = /^[A-Za-z0-9._~+/=-]{16,}/;
const CURL_USER = /(?:^|\s)(?:-u|--user|--proxy-user)[ =]?["']?([^\s:"']{1,128}):([^\s"']{1,256})/g;

/** Values of credential headers, also inside command lines and header maps, and `Bearer` tokens anywhere. */
export const authHeaders: RedactionRule = {
  id: "auth_header",
  summary: "Values of Authorization, cookie and API key headers, Bearer and Basic credentials, curl -u",
  stability: "stable",
  class: "header",
  maxSpanLength: 512,
  examples: {
    positive: [
      "Authorization: Basic dXNlcjpwYXNzd29yZA==",
      `curl -H "x-api-key: 5f2c9b" https://example.com`,
      '{"Authorization": "Bearer abc"}',
      "Cookie: session=8f2b; theme=dark",
      "send it as Bearer q7Zk2XmW4bT5nA3c0v8L1",
      "curl -u anna:tulips https://example.com",
    ],
    negative: ["the bearer of this letter", "Authorization: <your token>", "Basic understanding"],
  },
  find(subject: Subject, spans: Span[]): void {
    let done = 0;
    for (const { kind, afterSeparator } of subject.assignments) {
      if (kind === "header" && afterSeparator >= done) done = pushHeader(subject.text, afterSeparator, spans);
    }
    pushCredentials(subject, spans);
    if (subject.text.includes("-u") && subject.text.includes(":")) pushCurlUsers(subject.text, spans);
  },
};

/** Gives the end of what it hid; 0 when it hid nothing. */
function pushHeader(text: string, afterSeparator: number, spans: Span[]): number {
  const value = readAssignedValue(text, afterSeparator);
  if (value === undefined || isPlaceholder(text.slice(value.start, value.end))) return 0;
  const end = value.isQuoted ? value.end : findLineEnd(text, value.start);
  spans.push({ start: value.start, end });
  return end;
}

function pushCredentials({ text, longWords }: Subject, spans: Span[]): void {
  for (let i = 0; i + 1 < longWords.length; i += 2) {
    const start = longWords[i] ?? 0;
    const before = text.slice(Math.max(0, start - 12), start);
    if (!SCHEME.test(before)) continue;
    const credential = CREDENTIAL.exec(text.slice(start, longWords[i + 1]))?.[0];
    if (credential !== undefined && (/\d/.test(credential) || /bearer/i.test(before))) {
      spans.push({ start, end: start + credential.length });
    }
  }
}

function pushCurlUsers(text: string, spans: Span[]): void {
  for (const match of text.matchAll(CURL_USER)) {
    const end = match.index + match[0].length;
    spans.push({ start: end - (match[2] ?? "").length, end });
  }
}
