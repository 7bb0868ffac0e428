import type { OispEvent } from "../model/oisp_event.ts";
import type { RedactionRule, RuleClass } from "./rule.ts";
import { RULES } from "./registry.ts";
import { type Match, toMark } from "./scanner.ts";
import { countUtf8Bytes, SHORTEST_HASHED_BYTES, toSha256 } from "./digest.ts";

/** What was found in one event: rules, how often, and whether a message was changed. */
export class Tally {
  readonly #ruleIds = new Set<string>();
  readonly #classes = new Set<RuleClass>();
  /** Matches found. */
  count = 0;
  /** A message's content was replaced or masked. */
  hasChangedMessage = false;

  /** Counts matches. */
  add(matches: readonly Match[]): void {
    for (const match of matches) this.addRule(match.rule);
  }

  /** Counts one match of a rule. */
  addRule(rule: RedactionRule): void {
    this.count++;
    this.#ruleIds.add(rule.id);
    this.#classes.add(rule.class);
  }

  /** Adds what another tally counted. */
  merge(other: Tally): void {
    if (other.count === 0) return;
    this.count += other.count;
    for (const id of other.#ruleIds) this.#ruleIds.add(id);
    for (const ruleClass of other.#classes) this.#classes.add(ruleClass);
  }

  /** Counts what was masked in a streamed piece before it came here. */
  addMarks(event: OispEvent): void {
    if (event.event_type !== "ai.streaming_chunk") return;
    const text = JSON.stringify(event.data.delta ?? "");
    if (!text.includes("[REDACTED:")) return;
    this.hasChangedMessage = true;
    for (const rule of RULES) {
      for (let at = text.indexOf(toMark(rule.id)); at >= 0; at = text.indexOf(toMark(rule.id), at + 1)) {
        this.addRule(rule);
      }
    }
  }

  /** Ids of the rules that matched, in the order of their first match. */
  get ruleIds(): string[] {
    return [...this.#ruleIds];
  }

  /** Classes of what was found, likewise. */
  get classes(): string[] {
    return [...this.#classes];
  }
}

/**
 * The canonical content of an event: one line for each text of content in the order of the event; a text of 32 bytes or more
 * is the SHA-256 of its UTF-8 bytes in lower-case hex, a shorter one its JSON form.
 */
export class CanonicalContent {
  #lines = "";

  /** Adds a text; `knownHash` is its SHA-256 where it was computed already. */
  add(text: string, knownHash?: string): void {
    if (knownHash !== undefined) this.#lines += knownHash + "\n";
    else if (text.length < SHORTEST_HASHED_BYTES && countUtf8Bytes(text) < SHORTEST_HASHED_BYTES) {
      this.#lines += JSON.stringify(text) + "\n";
    } else this.#lines += toSha256(text) + "\n";
  }

  /** The lines; empty when the event holds no content. */
  get text(): string {
    return this.#lines;
  }
}
