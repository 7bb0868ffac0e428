import type { RedactionRule, Span } from "../rule.ts";
import type { Subject } from "../subject.ts";

/** Groups of digits with one separator between them; a word or a decimal point before them rules them out. */
const GROUPS = /(?<![A-Za-z_]|\d\.)\d+(?:[ .-]\d+)*(?![A-Za-z_])/g;
const GROUP = /\d+/g;
const FEWEST_DIGITS = 13;
const MOST_DIGITS = 19;
/** Cards are written in groups of three to seven; shorter ones are coordinates and the like. */
const SHORTEST_GROUP = 3;

/** First digits and lengths of the card schemes. */
const SCHEMES: readonly { readonly digits: RegExp; readonly lengths: readonly number[] }[] = [
  { digits: /^4/, lengths: [13, 16, 19] },
  { digits: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { digits: /^3[47]/, lengths: [15] },
  { digits: /^(?:6011|64[4-9]|65)/, lengths: [16, 17, 18, 19] },
  { digits: /^35(?:2[89]|[3-8])/, lengths: [16, 17, 18, 19] },
  { digits: /^(?:30[0-5]|36|38|39)/, lengths: [14, 16, 19] },
  { digits: /^(?:5018|5020|5038|5893|6304|6759|676[1-3])/, lengths: [13, 14, 15, 16, 17, 18, 19] },
  { digits: /^62/, lengths: [16, 17, 18, 19] },
  { digits: /^220[0-4]/, lengths: [16, 17, 18, 19] },
];

/** Payment card numbers: issuer range, length and Luhn checksum must fit; spaces, dots and dashes may stand between digits. */
export const paymentCard: RedactionRule = {
  id: "payment_card",
  summary: "Payment card numbers that pass the Luhn check and lie in an issuer's range",
  stability: "stable",
  class: "credit_card",
  maxSpanLength: 40,
  examples: {
    positive: [
      "4242 4242 4242 4242",
      "card 378282246310005.",
      "5555-5555-5555-4444",
      "6011000990139424",
      "0123456789 4242 4242 4242 4242 7",
      '"4111111111111111"',
    ],
    negative: [
      "4242 4242 4242 4243",
      "1790000000123456789",
      "0.4111111111111111",
      "f4111111111111111",
      "1234567890123456",
    ],
  },
  find(subject: Subject, spans: Span[]): void {
    const { text, digitStretches } = subject;
    for (let i = 0; i + 1 < digitStretches.length; i += 2) {
      const start = digitStretches[i] ?? 0;
      const end = digitStretches[i + 1] ?? 0;
      if (end - start < FEWEST_DIGITS) continue;
      const from = Math.max(0, start - 2);
      const part = text.slice(from, end + 2);
      for (const groups of part.matchAll(GROUPS)) findCards(groups[0], from + groups.index, spans);
    }
  },
};

/** Any groups in a row, with one and the same separator, may be a card number: other numbers may stand before and after. */
function findCards(text: string, offset: number, spans: Span[]): void {
  const groups = [...text.matchAll(GROUP)].map((group) => ({ start: group.index, digits: group[0] }));
  for (let first = 0; first < groups.length; first++) {
    const last = findCardEnd(text, groups, first);
    if (last === undefined) continue;
    const end = last.start + last.digits.length;
    spans.push({ start: offset + (groups[first]?.start ?? 0), end: offset + end });
    first = groups.indexOf(last);
  }
}

interface DigitGroup {
  readonly start: number;
  readonly digits: string;
}

/** The last group of the card number that begins with `groups[first]`; undefined when none does. */
function findCardEnd(text: string, groups: readonly DigitGroup[], first: number): DigitGroup | undefined {
  const separator = text.charAt((groups[first + 1]?.start ?? 0) - 1);
  let digits = "";
  for (let at = first; at < groups.length && digits.length < MOST_DIGITS; at++) {
    const group = groups[at];
    if (group === undefined || (at > first && text.charAt(group.start - 1) !== separator)) return undefined;
    // Digits behind a decimal point are a fraction.
    if (at === first && text.charAt(group.start - 1) === "." && group.digits.length >= FEWEST_DIGITS) return undefined;
    if (group.digits.length < SHORTEST_GROUP) return undefined;
    digits += group.digits;
    if (digits.length >= FEWEST_DIGITS && isCardNumber(digits)) return group;
  }
  return undefined;
}

/** Whether digits are a possible card number: a scheme's first digits and length, and the Luhn checksum. */
export function isCardNumber(digits: string): boolean {
  return passesLuhn(digits) &&
    SCHEMES.some((scheme) => scheme.lengths.includes(digits.length) && scheme.digits.test(digits));
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    let digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    if (i % 2 === 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 === 0;
}
