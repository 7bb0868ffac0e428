import type { Plugin } from "../model/plugin.ts";

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

/** Finds what to hide. Linear time; every match is at most `maxSpanLength` long. */
export interface RedactionRule extends Plugin {
  readonly class: RuleClass;
  /** Longest text a match can have, in UTF-16 units; streaming holds back this much. */
  readonly maxSpanLength: number;
  /** Cheap test whether `find` can find anything; may say yes wrongly, never no wrongly. */
  mayMatch(text: string): boolean;
  /** All matches in order, not overlapping. */
  find(text: string): readonly Span[];
}
