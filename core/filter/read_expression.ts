import type { Expression, Operator, Problem, Word } from "./expression.ts";

/** Longest expression, in UTF-16 units. */
export const MAX_LENGTH = 4096;
/** Most words and comparisons. */
export const MAX_TERMS = 256;
/** Deepest nesting of parentheses and `not`. */
export const MAX_DEPTH = 64;

const SPACE = /\s*/y;
const OPERATOR = /!=|!~|>=|<=|==|[=:<>~]/y;
/** A field's name or a word of text: up to a space, a parenthesis, a quote or an operator. */
const NAME = /(?:(?!&&|\|\|)[^\s()"'=<>~:!])+/y;
/** A value: up to a space, a parenthesis, a comma or `&&`; it may hold colons and equals signs. */
const VALUE = /(?:(?!&&|\|\|)[^\s(),])+/y;
const KEYWORD = /(?:&&|\|\||(?:and|or|not)(?=[\s()"'!]|$))/iy;
const QUOTED = /"((?:[^"\\]|\\[^])*)"|'((?:[^'\\]|\\[^])*)'/y;
const RELATIONS: readonly string[] = [">", ">=", "<", "<="];

/** Reads an expression. Gives the first thing that is wrong with it; never throws. */
export function readExpression(text: string): Expression | Problem {
  return new ExpressionReader(text).read();
}

/** True for what `readExpression` gives when an expression cannot be read. */
export function isProblem(value: Expression | Problem): value is Problem {
  return "code" in value;
}

class ExpressionReader {
  readonly #text: string;
  #at = 0;
  #terms = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Expression | Problem {
    if (this.#text.length > MAX_LENGTH) return limit(MAX_LENGTH, `it has more than ${MAX_LENGTH} characters`);
    const whole = this.#or();
    if (isProblem(whole) || this.#isAtEnd()) return whole;
    return syntax(this.#at, 'there is no "(" for this ")"', "leave it out, or open it before");
  }

  #or(): Expression | Problem {
    return this.#series("or", () => this.#and(), () => this.#takesKeyword("or", "||"));
  }

  #and(): Expression | Problem {
    // Words beside each other mean `and`.
    const goesOn = () => this.#takesKeyword("and", "&&") || this.#beginsTerm();
    return this.#series("and", () => this.#not(), goesOn);
  }

  #series(kind: "and" | "or", next: () => Expression | Problem, goesOn: () => boolean): Expression | Problem {
    const parts: Expression[] = [];
    do {
      const part = next();
      if (isProblem(part)) return part;
      parts.push(part);
    } while (goesOn());
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind, parts };
  }

  #not(): Expression | Problem {
    if (!this.#takesKeyword("not") && !this.#takesBang()) return this.#primary();
    return this.#deeper(() => {
      const part = this.#not();
      return isProblem(part) ? part : { kind: "not", part };
    });
  }

  #primary(): Expression | Problem {
    const at = this.#skipSpace();
    if (this.#text[at] === "(") return this.#group(at);
    if (++this.#terms > MAX_TERMS) return limit(at, `it has more than ${MAX_TERMS} words and comparisons`);
    const quote = this.#quoted();
    if (quote !== undefined) return isWord(quote) ? { kind: "text", word: quote } : quote;
    if (this.#match(KEYWORD, false) !== undefined || this.#isAtEnd()) return this.#missingTerm(at);
    const name = this.#match(NAME, true);
    if (name === undefined) return this.#missingTerm(at);
    const word = { text: name, at, isQuoted: false };
    this.#skipSpace();
    const operator = this.#match(OPERATOR, true);
    return operator === undefined ? { kind: "text", word } : this.#comparison(word, toOperator(operator));
  }

  #group(at: number): Expression | Problem {
    this.#at = at + 1;
    return this.#deeper(() => {
      const inner = this.#or();
      if (isProblem(inner)) return inner;
      if (this.#text[this.#skipSpace()] !== ")") return syntax(at, "this parenthesis is not closed", 'add ")"');
      this.#at++;
      return inner;
    });
  }

  #comparison(field: Word, operator: Operator): Expression | Problem {
    const values: Word[] = [];
    do {
      const value = this.#value(field, operator);
      if (!isWord(value)) return value;
      values.push(value);
    } while (this.#takesComma());
    const second = values[1];
    if (second === undefined || !RELATIONS.includes(operator)) return { kind: "compare", field, operator, values };
    return syntax(second.at, `${operator} compares with one value`, `${field.text}=A,B finds any of several`);
  }

  #value(field: Word, operator: Operator): Word | Problem {
    const at = this.#skipSpace();
    const quoted = this.#quoted();
    if (quoted !== undefined) return quoted;
    const text = this.#match(VALUE, true);
    if (text !== undefined) return { text, at, isQuoted: false };
    return syntax(
      at,
      `a value is missing after "${field.text}${operator}"`,
      `${field.text}:*  finds events that have it`,
    );
  }

  /** A text in quotes; undefined when none begins here. */
  #quoted(): Word | Problem | undefined {
    const at = this.#at;
    if (this.#text[at] !== '"' && this.#text[at] !== "'") return undefined;
    const whole = this.#match(QUOTED, true);
    if (whole === undefined) return syntax(at, "this quote is not closed", `add ${this.#text[at]}`);
    return { text: whole.slice(1, -1).replace(/\\([^])/g, "$1"), at, isQuoted: true };
  }

  #missingTerm(at: number): Problem {
    const found = /^(?:&&|\|\||[a-z]+|[^\s])/i.exec(this.#text.slice(at))?.[0];
    const what = found === undefined
      ? "it ends where a word or a comparison is wanted"
      : `"${found}" cannot stand here`;
    return syntax(at, what, "for example type:ai.response and tokens>1000; texts go in quotes");
  }

  #deeper(read: () => Expression | Problem): Expression | Problem {
    if (++this.#depth > MAX_DEPTH) return limit(this.#at, `it is nested more than ${MAX_DEPTH} deep`);
    const expression = read();
    this.#depth--;
    return expression;
  }

  #takesKeyword(...words: readonly string[]): boolean {
    this.#skipSpace();
    const found = this.#match(KEYWORD, false);
    if (found === undefined || !words.includes(found.toLowerCase())) return false;
    this.#at += found.length;
    return true;
  }

  #takesBang(): boolean {
    if (this.#text[this.#at] !== "!" || this.#match(OPERATOR, false) !== undefined) return false;
    this.#at++;
    return true;
  }

  #takesComma(): boolean {
    if (this.#text[this.#at] !== ",") return false;
    this.#at++;
    return true;
  }

  #beginsTerm(): boolean {
    const at = this.#skipSpace();
    if (this.#isAtEnd() || this.#text[at] === ")") return false;
    const keyword = this.#match(KEYWORD, false)?.toLowerCase();
    return keyword === undefined || keyword === "not";
  }

  #isAtEnd(): boolean {
    return this.#skipSpace() >= this.#text.length;
  }

  #skipSpace(): number {
    this.#match(SPACE, true);
    return this.#at;
  }

  #match(pattern: RegExp, isTaken: boolean): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined && isTaken) this.#at += found.length;
    return found;
  }
}

function isWord(value: Word | Problem): value is Word {
  return "isQuoted" in value;
}

function toOperator(text: string): Operator {
  return text === ":" || text === "==" ? "=" : text as Operator;
}

function syntax(at: number, what: string, fix: string): Problem {
  return { code: "OISP-FLT-001", at, what, fix };
}

function limit(at: number, what: string): Problem {
  return { code: "OISP-FLT-004", at, what, fix: "use a shorter expression, or jq behind a pipe" };
}
