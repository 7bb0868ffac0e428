import type { RedactionRule, Span } from "../rule.ts";
import type { Assignment, Subject } from "../subject.ts";
import { isSecretParameter } from "./secret_names.ts";
import { findEntropy, isPlaceholder } from "./entropy.ts";

/** User info of any scheme; the user name may be missing, the password may hold `@`. */
const USER_INFO = /:\/\/([^\s/?#:@"'<>\\]{0,128}):([^\s/"'<>\\]{1,256})@(?=[\w[.%-])/g;
const TOKEN_USER = /:\/\/([A-Za-z0-9_-]{20,256})@(?=[\w[.-])/g;
/** What stands before a parameter of a query, a fragment or a form. */
const PARAMETER_START = /[?&;#]/;
const PARAMETER_VALUE = /[^&\s"'#<>\\]{3,4096}/y;
const WEBHOOK =
  /hooks\.slack\.com\/(?:services|workflows|triggers)\/([A-Za-z0-9/_-]{20,200})|discord(?:app)?\.com\/api\/webhooks\/(\d{10,25}\/[\w-]{30,120})|[\w-]{1,64}\.webhook\.office\.com\/(webhookb2\/[\w@/-]{40,300})/g;

/** Passwords and key parameters in URLs, and webhook addresses that are secrets themselves. */
export const urlCredentials: RedactionRule = {
  id: "url_credential",
  summary: "Passwords in URLs of any scheme, key parameters of queries and forms, webhook addresses",
  stability: "stable",
  class: "url_credentials",
  maxSpanLength: 512,
  examples: {
    positive: [
      "postgres://app:tulips9@db.example.com:5432/app",
      "redis://:tulips9@cache:6379",
      "https://example.com/v1?key=5f2c9b7e&alt=sse",
      "https://q7Zk2XmW4bT5nA3cRv8L@example.com/repo.git",
      "https://hooks.slack.com/services/T0000/B0000/q7Zk2XmW4bT5nA3cRv8L",
    ],
    negative: [
      "git@github.com:owner/repo.git",
      "https://anna@example.com/",
      "postgres://app:${DB_PASSWORD}@db/app",
      "https://example.com/a?pageToken=abcdef",
      "http://localhost:8080/@scope/name",
    ],
  },
  find(subject: Subject, spans: Span[]): void {
    const text = subject.text;
    if (text.includes("://")) {
      if (text.includes("@")) findUserInfo(text, spans);
      if (text.includes("/webhook") || text.includes("hooks.slack")) findWebhooks(text, spans);
    }
    let done = 0;
    for (const assignment of subject.assignments) {
      if (assignment.afterSeparator >= done) done = pushParameter(text, assignment, spans);
    }
  },
};

function findUserInfo(text: string, spans: Span[]): void {
  for (const match of text.matchAll(USER_INFO)) {
    const password = match[2] ?? "";
    const end = match.index + match[0].length - 1;
    if (!isPlaceholder(password) && match[1] !== "[REDACTED") spans.push({ start: end - password.length, end });
  }
  for (const match of text.matchAll(TOKEN_USER)) {
    const user = match[1] ?? "";
    const end = match.index + match[0].length - 1;
    if (/\d/.test(user) && findEntropy(user) >= 3) spans.push({ start: end - user.length, end });
  }
}

/** Gives the end of what it hid; 0 when it hid nothing. */
function pushParameter(text: string, { name, nameStart, afterSeparator }: Assignment, spans: Span[]): number {
  if (!PARAMETER_START.test(text.charAt(nameStart - 1)) || text.charCodeAt(afterSeparator - 1) !== 61) return 0;
  if (!isSecretParameter(name)) return 0;
  PARAMETER_VALUE.lastIndex = afterSeparator;
  const value = PARAMETER_VALUE.exec(text)?.[0];
  if (value === undefined || isPlaceholder(value) || !/\d|[A-Z]|[^\w]|.{12}/.test(value)) return 0;
  spans.push({ start: afterSeparator, end: afterSeparator + value.length });
  return afterSeparator + value.length;
}

function findWebhooks(text: string, spans: Span[]): void {
  for (const match of text.matchAll(WEBHOOK)) {
    const path = match[1] ?? match[2] ?? match[3] ?? "";
    const end = match.index + match[0].length;
    spans.push({ start: end - path.length, end });
  }
}
