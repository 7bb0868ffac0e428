/**
 * Compares the command a tool call asked for with the arguments a program was started with. Agents hand a command to a shell
 * as one argument, wrapped in lines of their own, quoted again, or split into words.
 */

/** How a program was recognised as the one a command asked for, and how surely. */
export interface CommandMatch {
  readonly rule: "argv_exact" | "argv_contains" | "argv_begins" | "first_word";
  readonly confidence: number;
}

/** Shortest command that may be looked for inside a longer one: "ls" stands in too many. */
const MIN_CONTAINED = 4;
/** Shortest end of a cut command line that says by itself which command it was. */
const MIN_BEGINNING = 200;
/** The kernel may have cut a character in two; what is left of it is not compared. */
const DOUBTFUL_END = 4;

/** Compares a command with `args` (without argv[0]) of a program called `exe`; undefined when nothing fits. */
export function matchCommand(command: string, exe: string, args: readonly string[]): CommandMatch | undefined {
  const wanted = toPlain(command);
  const program = exe.slice(exe.lastIndexOf("/") + 1);
  const whole = toPlain([program, ...args].join(" "));
  if (whole === wanted || args.some((arg) => toPlain(arg) === wanted)) return { rule: "argv_exact", confidence: 1 };
  if (wanted.length >= MIN_CONTAINED && args.some((arg) => containsWords(toPlain(arg), wanted))) {
    return { rule: "argv_contains", confidence: 0.9 };
  }
  if (isBeginning(wanted, args.at(-1))) return { rule: "argv_begins", confidence: 0.8 };
  const first = wanted.split(" ", 1)[0] ?? "";
  return first !== "" && first.slice(first.lastIndexOf("/") + 1) === program
    ? { rule: "first_word", confidence: 0.6 }
    : undefined;
}

/** Whether a text stands in another one as whole words: `make test` is no part of `make tests`. */
function containsWords(text: string, wanted: string): boolean {
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    if (!isWordPart(text[at - 1], wanted[0]) && !isWordPart(text[at + wanted.length], wanted.at(-1))) return true;
  }
  return false;
}

function isWordPart(outside: string | undefined, inside: string | undefined): boolean {
  return /^\w\w$/.test(`${outside ?? ""}${inside ?? ""}`);
}

/** Of a long command line only the beginning is known when the program ended at once: its last argument was cut. */
function isBeginning(wanted: string, last: string | undefined): boolean {
  if (last === undefined || last.length < MIN_BEGINNING || last.length >= wanted.length) return false;
  const beginning = toPlain(last.slice(0, -DOUBTFUL_END));
  return beginning.length >= MIN_BEGINNING - DOUBTFUL_END && wanted.startsWith(beginning);
}

/** Quoting taken back and white space collapsed, so that the same command reads the same however it was wrapped. */
function toPlain(text: string): string {
  return text.replaceAll(`'"'"'`, "'").replaceAll(`'\\''`, "'").replace(/["'\\]/g, "").replace(/\s+/g, " ").trim();
}
