import type { RedactionRule, Span } from "../rule.ts";
import type { Subject } from "../subject.ts";
import { pushAroundDigits } from "./digit_windows.ts";

const US_SSN = /(?<![\w-])(?!000|666|9)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\w-])/g;

/** US social security numbers with separators. */
export const nationalId: RedactionRule = {
  id: "us_ssn",
  summary: "US social security numbers with separators",
  stability: "experimental",
  class: "national_id",
  maxSpanLength: 16,
  examples: {
    positive: ["ssn 078-05-1120"],
    negative: ["2026-11-21", "000-12-3456", "12345-6789", "987-65-4321"],
  },
  find(subject: Subject, spans: Span[]): void {
    if (subject.digitStretches.length === 0) return;
    pushAroundDigits(subject, { before: 4, after: 4 }, US_SSN, spans, () => true);
  },
};
