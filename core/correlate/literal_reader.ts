/** Most objects and lists inside each other. */
const DEEPEST = 16;

/** Reads one JavaScript literal: object, array, string, template without substitution, number, true, false, null. */
export class LiteralReader {
  readonly #text: string;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  /** Where it has read to. */
  get at(): number {
    return this.#at;
  }

  /** Whether the next character, spaces and a trailing comma left out, is this one. */
  isAtEnd(end: string): boolean {
    this.#skip();
    if (this.#take(",")) this.#skip();
    return this.#text[this.#at] === end;
  }

  /** Undefined when it is no literal. */
  read(depth: number): { readonly value: unknown } | undefined {
    this.#skip();
    const first = this.#text[this.#at];
    if (first === undefined || depth > DEEPEST) return undefined;
    if (first === "{") return this.#object(depth);
    if (first === "[") return this.#array(depth);
    if (first === '"' || first === "'" || first === "`") return this.#string(first);
    return this.#word();
  }

  #object(depth: number): { readonly value: unknown } | undefined {
    this.#at++;
    const entries: [string, unknown][] = [];
    while (!this.#closes("}")) {
      const key = this.#key();
      this.#skip();
      if (key === undefined || !this.#take(":")) return undefined;
      const inner = this.read(depth + 1);
      if (inner === undefined) return undefined;
      entries.push([key, inner.value]);
      if (!this.#separates("}")) return undefined;
    }
    return { value: Object.fromEntries(entries) };
  }

  #array(depth: number): { readonly value: unknown } | undefined {
    this.#at++;
    const values: unknown[] = [];
    while (!this.#closes("]")) {
      const inner = this.read(depth + 1);
      if (inner === undefined) return undefined;
      values.push(inner.value);
      if (!this.#separates("]")) return undefined;
    }
    return { value: values };
  }

  #key(): string | undefined {
    this.#skip();
    const first = this.#text[this.#at];
    if (first === '"' || first === "'") return this.#string(first)?.value;
    return this.#match(/[A-Za-z_$][\w$]*/y);
  }

  #string(quote: string): { readonly value: string } | undefined {
    let value = "";
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at];
      if (character === quote) {
        this.#at++;
        return { value };
      }
      if (quote === "`" && character === "$" && this.#text[this.#at + 1] === "{") return undefined;
      if (quote !== "`" && character === "\n") return undefined;
      value += character === "\\" ? this.#escape() : character;
    }
    return undefined;
  }

  /** The escape at the current backslash; ends on its last character. */
  #escape(): string {
    this.#at++;
    const name = this.#text[this.#at] ?? "";
    const hex = name === "u" ? /[0-9a-fA-F]{4}/y : name === "x" ? /[0-9a-fA-F]{2}/y : undefined;
    if (hex !== undefined) {
      hex.lastIndex = this.#at + 1;
      const digits = hex.exec(this.#text)?.[0] ?? "";
      this.#at += digits.length;
      return digits === "" ? name : String.fromCharCode(parseInt(digits, 16));
    }
    return { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", v: "\v", "0": "\0", "\n": "" }[name] ?? name;
  }

  #word(): { readonly value: unknown } | undefined {
    const word = this.#match(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true\b|false\b|null\b/y);
    return word === undefined ? undefined : { value: JSON.parse(word.replace(/^(-?)0+(?=\d)/, "$1")) };
  }

  #closes(end: string): boolean {
    this.#skip();
    return this.#take(end);
  }

  /** A comma, or the end (which stays). */
  #separates(end: string): boolean {
    this.#skip();
    return this.#take(",") || this.#text[this.#at] === end;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skip(): void {
    while (this.#at < this.#text.length && /\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}
