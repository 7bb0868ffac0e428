/** Value of `--color`. */
export type ColorMode = "auto" | "always" | "never";

/** Style of a piece of text: only the 16 ANSI colours, so that every theme stays readable. */
export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

const CODES: Record<Style, string> = { bold: "1", dim: "2", red: "31", green: "32", yellow: "33", cyan: "36" };

/**
 * Decides whether a stream gets colour: `--color` > `NO_COLOR` (not empty) > `CLICOLOR_FORCE`/`FORCE_COLOR` > is a terminal and
 * `TERM` is not `dumb`.
 */
export function chooseColor(mode: ColorMode, isTerminal: boolean, env: (name: string) => string | undefined): boolean {
  if (mode !== "auto") return mode === "always";
  if (env("NO_COLOR")) return false;
  if (isForced(env("CLICOLOR_FORCE")) || isForced(env("FORCE_COLOR"))) return true;
  return isTerminal && env("TERM") !== "dumb";
}

function isForced(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0";
}

/** Gives the text in a style, or unchanged where the stream has no colour. The text must be sanitised already. */
export function paint(text: string, style: Style, hasColor: boolean): string {
  return hasColor ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text;
}
