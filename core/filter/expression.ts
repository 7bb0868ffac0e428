/** How a field and a value are compared. `:` and `==` are other spellings of `=`. */
export type Operator = "=" | "!=" | "~" | "!~" | ">" | ">=" | "<" | "<=";

/** A word of the expression and where it begins (UTF-16 units from 0). */
export interface Word {
  readonly text: string;
  readonly at: number;
  /** In quotes: `*` is a star, and a keyword is text. */
  readonly isQuoted: boolean;
}

/** A field compared with one or several values; several mean any of them. */
export interface Comparison {
  readonly kind: "compare";
  readonly field: Word;
  readonly operator: Operator;
  /** Never empty. */
  readonly values: readonly Word[];
}

/** An expression as it was written, names and values unchecked. */
export type Expression =
  | { readonly kind: "and" | "or"; readonly parts: readonly Expression[] }
  | { readonly kind: "not"; readonly part: Expression }
  | { readonly kind: "text"; readonly word: Word }
  | Comparison;

/** What is wrong with an expression. */
export interface Problem {
  readonly code: "OISP-FLT-001" | "OISP-FLT-002" | "OISP-FLT-003" | "OISP-FLT-004";
  /** Where it is (UTF-16 units from 0). */
  readonly at: number;
  /** A clause that follows a colon. */
  readonly what: string;
  readonly fix: string;
}
