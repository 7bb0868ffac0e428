/** Talk of the project's own scripts: always on stderr, so that stdout stays data. */
const encoder = new TextEncoder();

function write(text: string): void {
  let bytes = encoder.encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
}

/** Writes one line. */
export function say(line: string): void {
  write(line + "\n");
}

/** One line that is rewritten on a terminal and repeated every `quietMs` elsewhere. */
export class ProgressLine {
  readonly #terminal = Deno.stderr.isTerminal();
  readonly #quietMs: number;
  #lastMs = 0;
  #shown = "";

  constructor(quietMs = 15_000) {
    this.#quietMs = quietMs;
  }

  /** Shows `text`; at most four times a second on a terminal. */
  update(text: string): void {
    const nowMs = performance.now();
    if (text === this.#shown || nowMs - this.#lastMs < (this.#terminal ? 250 : this.#quietMs)) return;
    this.#lastMs = nowMs;
    this.#shown = text;
    write(this.#terminal ? `\r\x1b[2K${text}` : text + "\n");
  }

  /** Ends the line with a last text. */
  end(text: string): void {
    write((this.#terminal ? "\r\x1b[2K" : "") + text + "\n");
  }
}
