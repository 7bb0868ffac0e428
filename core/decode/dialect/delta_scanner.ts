import { DeltaTemplate, type TemplateSpec } from "./delta_template.ts";

const MAX_TEMPLATES = 6;
/** A stream whose events never repeat must not pay for learning each time. */
const MAX_CREDIT = 12;
const CREDIT_PER_HIT = 0.25;

interface Known<M> {
  readonly key: string;
  readonly template: DeltaTemplate;
  readonly meaning: M;
}

/**
 * Templates of one stream, each with what a fitting event means to the reader (which choice, which block). At most six are kept;
 * learning stops while events keep missing.
 */
export class DeltaScanner<M> {
  readonly #known: Known<M>[] = [];
  #credit = MAX_CREDIT;
  /** Piece of the event that fitted last. */
  piece = "";

  /** What an event means when it fits a template; its text is then in `piece`. Undefined: parse it in full. */
  scan(text: string): M | undefined {
    const known = this.#known;
    for (let i = 0; i < known.length; i++) {
      const entry = known[i] as Known<M>;
      const piece = entry.template.match(text);
      if (piece === undefined) continue;
      if (i > 0) {
        known.splice(i, 1);
        known.unshift(entry);
      }
      if (this.#credit < MAX_CREDIT) this.#credit += CREDIT_PER_HIT;
      this.piece = piece;
      return entry.meaning;
    }
    return undefined;
  }

  /** Learns from an event that was parsed in full and carried nothing but a piece of text. `key` names the meaning. */
  learn(text: string, key: string, spec: TemplateSpec, meaning: M): void {
    if (this.#credit < 1) return;
    this.#credit--;
    const template = DeltaTemplate.learn(text, spec);
    if (template === undefined) return;
    const old = this.#known.findIndex((entry) => entry.key === key);
    if (old >= 0) this.#known.splice(old, 1);
    this.#known.unshift({ key, template, meaning });
    if (this.#known.length > MAX_TEMPLATES) this.#known.pop();
  }
}
