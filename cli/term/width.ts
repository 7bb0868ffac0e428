// East Asian wide and fullwidth blocks and emoji: two columns each. Coarse, but wrong by a column at most.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
const COMBINING = /\p{Mn}/u;

/** Gives the terminal columns of a sanitised text without colour. */
export function toColumns(text: string): number {
  let columns = 0;
  for (const character of text) columns += COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return columns;
}

/** Cuts a sanitised text to at most `columns` columns; what was cut is shown as `…`. */
export function fit(text: string, columns: number): string {
  if (toColumns(text) <= columns) return text;
  let used = 0;
  let kept = "";
  for (const character of text) {
    const next = toColumns(character);
    if (used + next > columns - 1) break;
    used += next;
    kept += character;
  }
  return kept + "…";
}

/** Fills a sanitised text with spaces to `columns` columns. */
export function pad(text: string, columns: number, isRight = false): string {
  const fill = " ".repeat(Math.max(0, columns - toColumns(text)));
  return isRight ? fill + text : text + fill;
}

/** Wraps a sentence at spaces to lines of at most `columns` columns. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && toColumns(line) + 1 + toColumns(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  if (line !== "") lines.push(line);
  return lines;
}
