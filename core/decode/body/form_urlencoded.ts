/**
 * Fields of a form, as browsers send them: one message a field, with its name.
 *
 * @see https://url.spec.whatwg.org/#application/x-www-form-urlencoded (read 2026-11-21)
 */
import type { BodyFormat, BodyMessageSink } from "./body_format.ts";
import { DelimitedParser } from "./delimited.ts";

const AMPERSAND = 0x26;

/** Undoes `+` and `%XX`; undefined when the bytes are no UTF-8. */
function decodePart(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

function tellField(sink: BodyMessageSink, field: string, timeNs: number): void {
  const equals = field.indexOf("=");
  const name = decodePart(equals < 0 ? field : field.slice(0, equals));
  const text = equals < 0 ? "" : decodePart(field.slice(equals + 1));
  if (name === undefined || text === undefined) sink.problem("encoding");
  else sink.message({ name, text }, timeNs);
}

/** Forms in one line. */
export const formUrlencoded: BodyFormat = {
  id: "form_urlencoded",
  summary: "the fields of a form, one message a field",
  stability: "stable",
  specUrl: "https://url.spec.whatwg.org/#application/x-www-form-urlencoded",
  sniff: (contentType) => contentType.startsWith("application/x-www-form-urlencoded") ? 1 : 0,
  createParser: (sink) =>
    new DelimitedParser({
      message: ({ text }, timeNs) => tellField(sink, text, timeNs),
      problem: (reason) => sink.problem(reason),
    }, AMPERSAND),
};
