import type { Plugin } from "../model/plugin.ts";
import type { Subject } from "./subject.ts";

/** A part of a text to hide: UTF-16 indices, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Class published in `redaction.patterns_found`. */
export type RuleClass =
  | "api_key"
  | "private_key"
  | "password"
  | "token"
  | "email"
  | "phone"
  | "credit_card"
  | "national_id"
  | "bank_account"
  | "ip_address"
  | "url_credentials"
  | "connection_string"
  | "header";

/**
 * Finds what to hide. Takes linear time and never throws.
 *
 * A match reaches at most `maxSpanLength` UTF-16 units beyond its first one, or to the end of the unbroken run of
 * non-space characters it ends in: that is what streaming holds back.
 */
export interface RedactionRule extends Plugin {
  readonly class: RuleClass;
  /** Longest stretch with spaces in it that a match and its context can have, in UTF-16 units. */
  readonly maxSpanLength: number;
  /** Texts that hold a match, and texts that hold none; the tests run both. Secrets in them are made up. */
  readonly examples: { readonly positive: readonly string[]; readonly negative: readonly string[] };
  /** Appends all matches to `spans`, in order; must not read the spans of other rules. */
  find(subject: Subject, spans: Span[]): void;
}
