import type { RedactionRule, Span } from "../rule.ts";
import type { Subject } from "../subject.ts";
import { pushAroundDigits } from "./digit_windows.ts";

const INTERNATIONAL = /(?<![\w+.])(?:\+|(?<!\d )00(?=[1-9]\d[ ./-]))[1-9](?:[ ./()-]{0,2}\d){7,14}(?![\w])/g;
/** North American form with separators; the area code begins with 2 to 9. */
const NORTH_AMERICAN = /(?<![\w.+/-])(?:1[ .-])?(?:\([2-9]\d{2}\)[ .-]?|[2-9]\d{2}[ .-])\d{3}[ .-]\d{4}(?![\w-]|\.\d)/g;
/** Any national form needs a word that says it is a number to call. */
const NATIONAL =
  /\b(?:phone|tel(?:ephone|efon)?|mobile|mobil|cell|fax|whatsapp|sms|handy|call(?= me| at| on| us|:))(?:[ -]?(?:me|us|at|on|is|number|nummer|no|nr)\b\.?){0,3}[ \t:.#="']{0,4}(\(?\d(?:[ ./()-]{0,2}\d){6,13})(?![\w]|-\w)/gi;

/** Phone numbers: international with `+`, North American with separators, others behind a word such as "phone". */
export const phone: RedactionRule = {
  id: "phone",
  summary: "Phone numbers: international, North American, and national ones behind a word such as phone",
  stability: "stable",
  class: "phone",
  maxSpanLength: 96,
  examples: {
    positive: [
      "+49 30 901820",
      "call +1-415-555-2671 now",
      "(415) 555-2671",
      "415-555-2671",
      "Phone: 030 90 18 20 44",
      "call me at 030 9018 2044",
      "phone number is 030/90182044",
      "+442079460958",
    ],
    negative: [
      "2026-11-21T10:00:00+01:00",
      "1790000000123",
      "10.0.0.1",
      "version 4.15.555",
      "ISBN 978-3-16-148410-0",
      "@@ -1,7 +1,9 @@",
    ],
  },
  find(subject: Subject, spans: Span[]): void {
    if (subject.digitStretches.length === 0) return;
    pushAroundDigits(subject, { before: 8, after: 8 }, INTERNATIONAL, spans, isAny);
    pushAroundDigits(subject, { before: 8, after: 8 }, NORTH_AMERICAN, spans, isAny);
    pushAroundDigits(subject, { before: 48, after: 8, group: 1 }, NATIONAL, spans, isAny);
  },
};

function isAny(): boolean {
  return true;
}
