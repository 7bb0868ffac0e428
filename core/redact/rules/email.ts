import type { RedactionRule, Span } from "../rule.ts";
import type { Subject } from "../subject.ts";

const LONGEST_LOCAL = 64;
const LOCAL = /[\p{L}\p{N}._%+'-]{1,64}$/u;
const DOMAIN =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}(xn--[a-z0-9-]{2,59}|[\p{L}]{2,24})(?![\p{L}\p{N}])/u;
/** In a URL, what stands before `@` is a user or a password. */
const USER_INFO = /:\/\/[^\s/@?#]{0,128}$/;
/** Names after `@` that end like a domain and are a file. */
const FILE_ENDING =
  /\.(?:png|jpe?g|gif|svg|webp|ico|css|js|mjs|cjs|jsx|ts|tsx|map|json|md|py|rs|go|html?|xml|ya?ml|txt|lock)$/i;

/** E-mail addresses. SSH remotes, image scales (`icon@2x.png`) and package scopes are not. */
export const email: RedactionRule = {
  id: "email",
  summary: "E-mail addresses, also with international names",
  stability: "stable",
  class: "email",
  maxSpanLength: 320,
  examples: {
    positive: ["write to anna.k+news@example.co.uk today", "<anna@example.com>", "mailto:анна@пример.рф", "a@b.io"],
    negative: [
      "icon@2x.png",
      "npm i @scope/name",
      "root@localhost",
      "git@github.com:owner/repo.git",
      "https://anna@example.com/",
      "lodash@4.17.21",
    ],
  },
  find(subject: Subject, spans: Span[]): void {
    const text = subject.text;
    for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
      const span = readAddress(text, at);
      if (span !== undefined) spans.push(span);
    }
  },
};

function readAddress(text: string, at: number): Span | undefined {
  const local = LOCAL.exec(text.slice(Math.max(0, at - LONGEST_LOCAL), at))?.[0].replace(/^[^\p{L}\p{N}]+/u, "");
  if (local === undefined || local === "") return undefined;
  const domain = DOMAIN.exec(text.slice(at + 1, at + 256))?.[0];
  if (domain === undefined || FILE_ENDING.test(domain)) return undefined;
  const end = at + 1 + domain.length;
  if (USER_INFO.test(text.slice(Math.max(0, at - local.length - 160), at - local.length))) return undefined;
  if (local === "git" && text.charAt(end) === ":") return undefined;
  return { start: at - local.length, end };
}
