import type { RedactionRule, Span } from "../rule.ts";
import type { Subject } from "../subject.ts";
import { pushAroundDigits } from "./digit_windows.ts";

const IBAN = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![A-Za-z0-9])/g;

/** International bank account numbers with a right checksum (ISO 7064, mod 97). */
export const bankAccount: RedactionRule = {
  id: "iban",
  summary: "International bank account numbers with a right checksum",
  stability: "experimental",
  class: "bank_account",
  maxSpanLength: 64,
  examples: {
    positive: ["DE89 3704 0044 0532 0130 00", "to GB82WEST12345698765432."],
    negative: ["DE88 3704 0044 0532 0130 00", "AB12 CDEF GHIJ KLMN"],
  },
  find(subject: Subject, spans: Span[]): void {
    if (subject.digitStretches.length === 0) return;
    pushAroundDigits(
      subject,
      { before: 48, after: 48 },
      IBAN,
      spans,
      (match) => hasRightChecksum(match.replaceAll(" ", "")),
    );
  },
};

function hasRightChecksum(account: string): boolean {
  let rest = 0;
  for (const letter of account.slice(4) + account.slice(0, 4)) {
    const value = parseInt(letter, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
