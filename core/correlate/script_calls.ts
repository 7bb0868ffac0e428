/**
 * Tool calls inside a script: an agent whose one tool runs JavaScript (Codex `exec`) makes its real calls in there, as
 * `tools.NAME({...})`. They are found by a scanner that understands literals only; what is computed is left out.
 */

/** A call in a script. */
export interface ScriptCall {
  readonly name: string;
  /** Absent when the arguments are not plain literals. */
  readonly arguments?: unknown;
}

const CALL = /tools(?:\.([A-Za-z_$][\w$]{0,63})|\[(["'])([\w.$-]{1,128})\2\])\s*\(/y;
/** What may hide or begin a call: texts, comments, the name itself. */
const MARK = /["'`]|\/\/|\/\*|(?<![\w$.])tools(?=[.[])|[{}]/g;
const MOST_CALLS = 64;
const LONGEST_SCRIPT = 256 * 1024;
const DEEPEST = 16;

/** Gives the calls in the order they are written. Never throws. */
export function readScriptCalls(script: string): ScriptCall[] {
  if (script.length > LONGEST_SCRIPT || !/tools\s*[.[]/.test(script)) return [];
  const calls: ScriptCall[] = [];
  // Where a `${` of a template was opened, as many braces are open as its entry says.
  const templates: number[] = [];
  MARK.lastIndex = 0;
  for (let mark = MARK.exec(script); mark !== null && calls.length < MOST_CALLS; mark = MARK.exec(script)) {
    const text = mark[0];
    if (text === "tools") {
      const found = readCall(script, mark.index);
      if (found === undefined) continue;
      calls.push(found.call);
      MARK.lastIndex = found.end;
    } else if (text === "{") {
      if (templates.length > 0) templates.push((templates.pop() ?? 0) + 1);
    } else if (text === "}") {
      const open = templates.pop();
      if (open === undefined) continue;
      if (open > 0) templates.push(open - 1);
      else MARK.lastIndex = skipTemplate(script, mark.index + 1, templates);
    } else if (text === "`") MARK.lastIndex = skipTemplate(script, mark.index + 1, templates);
    else MARK.lastIndex = skip(script, mark.index, text);
  }
  return calls;
}

function readCall(script: string, at: number): { readonly call: ScriptCall; readonly end: number } | undefined {
  CALL.lastIndex = at;
  const match = CALL.exec(script);
  const name = match?.[1] ?? match?.[3];
  if (name === undefined) return undefined;
  const begin = CALL.lastIndex;
  const reader = new LiteralReader(script, begin);
  const value = reader.read(0);
  // Computed arguments may have calls of their own.
  if (value === undefined || !reader.isAtEnd(")")) return { call: { name }, end: begin };
  return { call: { name, arguments: value.value }, end: reader.at };
}

/** The place behind a comment or a text; one that never ends hides nothing. */
function skip(script: string, at: number, mark: string): number {
  if (mark === "//" || mark === "/*") {
    const end = script.indexOf(mark === "//" ? "\n" : "*/", at + 2);
    return end < 0 ? script.length : end + mark.length - (mark === "//" ? 1 : 0);
  }
  for (let i = at + 1; i < script.length && script[i] !== "\n"; i++) {
    if (script[i] === "\\") i++;
    else if (script[i] === mark) return i + 1;
  }
  return at + 1;
}

/** The place behind a template, or behind its next `${`, which is then open. */
function skipTemplate(script: string, at: number, templates: number[]): number {
  for (let i = at; i < script.length; i++) {
    if (script[i] === "\\") i++;
    else if (script[i] === "`") return i + 1;
    else if (script[i] === "$" && script[i + 1] === "{" && templates.length < DEEPEST) {
      templates.push(0);
      return i + 2;
    }
  }
  return at;
}

/** Reads one JavaScript literal: object, array, string, template without substitution, number, true, false, null. */
class LiteralReader {
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
