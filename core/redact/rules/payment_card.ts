import type { RedactionRule, Span } from "../rule.ts";
import type { Subject } from "../subject.ts";
import { pushAroundDigits } from "./digit_windows.ts";

const CANDIDATE = /(?<![\w.-]|\d[ ])\d(?:[ .-]?\d){12,18}(?![\w]|[.-]\d)/g;

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
    if (subject.digitStretches.length === 0) return;
    pushAroundDigits(
      subject,
      { before: 4, after: 4 },
      CANDIDATE,
      spans,
      (match) => isCardNumber(match.replace(/[ .-]/g, "")),
    );
  },
};

/** Whether digits are a possible card number: a scheme's first digits and length, and the Luhn checksum. */
export function isCardNumber(digits: string): boolean {
  return SCHEMES.some((scheme) => scheme.lengths.includes(digits.length) && scheme.digits.test(digits)) &&
    passesLuhn(digits);
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
