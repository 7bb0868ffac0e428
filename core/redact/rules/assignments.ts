import type { RedactionRule, Span } from "../rule.ts";
import type { Assignment, Subject } from "../subject.ts";
import { type AssignedValue, readAssignedValue } from "./assigned_value.ts";
import { isPlaceholder, looksRandom } from "./entropy.ts";
import { findSecretName } from "../secret_name_memo.ts";

/** `--password tulips` and `-p` forms without a separator. */
const FLAG = /--?([A-Za-z][A-Za-z0-9_-]{2,40})[ \t]+["']?([^\s"'-][^\s"']{3,512})/g;
const SAID = /\bpassword\s+(?:is|was|to)\s*:?\s*["'`]?([^\s"'`()]{4,128})/gi;

/** Values given to names such as `password`, `api_key`, `client_secret`, in any syntax. */
export const assignments: RedactionRule = {
  id: "assignment",
  summary:
    "Values of names such as password, secret, token and api_key, in code, JSON, YAML, .env, flags and connection strings",
  stability: "stable",
  class: "password",
  maxSpanLength: 512,
  examples: {
    positive: [
      "DB_PASSWORD=tulips9",
      '{"password": "correct horse"}',
      '{\\"client_secret\\": \\"k2Jd81mQp0\\"}',
      "api_key: 5f2c9b7e11aa",
      "Server=db;Uid=sa;Pwd=Tulips!9;",
      "mysql --password tulips9 -h db",
      "AccountKey=mZq3vX0yT8sW5uE2rB7nK4jH1gF6dC9a;EndpointSuffix=core",
      "my password is tulips9",
      "db:\n  password: tulipsandroses\n",
    ],
    negative: [
      "max_tokens: 4096",
      '"password": null',
      "password=${DB_PASSWORD}",
      'api_key = os.environ["OPENAI_API_KEY"]',
      "token_count=123456789",
      "password: <your-password>",
      "the token: a small thing",
      "next_page_token=Cg0SABACdef12345",
    ],
  },
  find(subject: Subject, spans: Span[]): void {
    const text = subject.text;
    let done = 0;
    for (const assignment of subject.assignments) {
      if (assignment.afterSeparator < done || assignment.kind === "header" || assignment.kind === "parameter") continue;
      const value = readAssignedValue(text, assignment.afterSeparator);
      if (value === undefined || !isSecretValue(assignment, value, text)) continue;
      spans.push({ start: value.start, end: value.end });
      done = value.end;
    }
    if (text.includes("--")) pushFlags(text, spans);
    if (text.includes("password") || text.includes("Password")) pushSaid(text, spans);
  },
};

function isSecretValue(assignment: Assignment, value: AssignedValue, text: string): boolean {
  const kind = assignment.kind;
  if (kind !== "password" && kind !== "token") return false;
  const content = text.slice(value.start, value.end);
  if (isPlaceholder(content)) return false;
  // A call or an index is code that fetches the secret, not the secret; brackets inside quotes belong to the value.
  if (!value.isQuoted && /[([]/.test(content)) return false;
  return kind === "password"
    ? isPasswordValue(content, value) || isWholeLine(assignment, value, text)
    : looksRandom(content);
}

/** In running text ("password: required") only a value that is not one plain word counts. */
function isPasswordValue(content: string, value: AssignedValue): boolean {
  if (value.isQuoted || value.isTight) return content.length >= 3;
  return content.length >= 6 && !/^[A-Za-z][a-z]*[.,!?]?$/.test(content);
}

/** A name at the start of its line and one value that ends it: YAML, an .env or .ini file. */
function isWholeLine({ nameStart }: Assignment, { start, end }: AssignedValue, text: string): boolean {
  const isLineEnd = end === text.length || text.charCodeAt(end) === 10 || text.charCodeAt(end) === 13;
  return isLineEnd && end - start >= 4 && /(?:^|\n)[ \t-]*$/.test(text.slice(Math.max(0, nameStart - 40), nameStart));
}

function pushFlags(text: string, spans: Span[]): void {
  for (const match of text.matchAll(FLAG)) {
    const kind = findSecretName(match[1] ?? "");
    const value = match[2] ?? "";
    const isSecret = kind === "password" ? !isPlaceholder(value) : kind === "token" && looksRandom(value);
    const end = match.index + match[0].length;
    if (isSecret) spans.push({ start: end - value.length, end });
  }
}

function pushSaid(text: string, spans: Span[]): void {
  for (const match of text.matchAll(SAID)) {
    const value = match[1] ?? "";
    const end = match.index + match[0].length;
    if (/[^A-Za-z.,]/.test(value) && !isPlaceholder(value)) spans.push({ start: end - value.length, end });
  }
}
