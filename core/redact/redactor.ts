/**
 * The one choke point: whatever leaves memory has been through here. In: published records before redaction. Out: one copy a
 * mode in use, branded `RedactedEvent`, which nothing else can make.
 */
import type { EventOf, OispEvent, RedactedEvent, RedactionMode } from "../model/oisp_event.ts";
import { ENVELOPE, findDataTable } from "./field_classes.ts";
import { KeyedHash } from "./digest.ts";
import { RULESET_VERSION } from "./registry.ts";
import { maskText, Scanner } from "./scanner.ts";
import { findPromptHash } from "./prompt_hash.ts";
import { StreamHold } from "./stream_hold.ts";
import { CanonicalContent, Tally } from "./tally.ts";
import { type JsonObject, type View, VIEWS } from "./view.ts";
import { walkObject } from "./walk.ts";

/** One event as each mode in use shows it, in the order of `Redactor.modes`. */
export type RedactedViews = readonly RedactedEvent[];

/** What a redactor is made with. */
export interface RedactorOptions {
  /** Modes in use; duplicates are dropped. At least one. */
  readonly modes: readonly RedactionMode[];
  /** Installation key; without it `original_hash` is absent. */
  readonly hashKey?: Uint8Array;
}

/** Redacts a sequence of events. */
export interface Redactor {
  /** The distinct modes in use, in order of their first mention. */
  readonly modes: readonly RedactionMode[];
  /** Version of the rules. */
  readonly ruleset: string;
  /** Takes an event; gives all events that may leave now, oldest first: none while a streamed piece is held back. */
  push(event: OispEvent): readonly RedactedViews[];
  /** The stream with this request's event id has ended; gives what was held back of it. */
  endStream(requestEventId: string): readonly RedactedViews[];
  /** Time passed: streams without a piece for ten minutes are given up, what was held back of them is hidden. */
  advance(nowNs: number): readonly RedactedViews[];
  /** The source ended; gives everything held back. */
  close(): readonly RedactedViews[];
  /** Masks secrets and personal data in a text for logs, findings and errors. */
  redactText(text: string): string;
}

/** Creates a redactor. @throws {RangeError} when no mode is given. */
export function createRedactor(options: RedactorOptions): Redactor {
  return new EventRedactor(options);
}

class EventRedactor implements Redactor {
  readonly modes: readonly RedactionMode[];
  readonly ruleset = RULESET_VERSION;
  readonly #views: readonly View[];
  readonly #scanner: Scanner;
  readonly #key: KeyedHash | undefined;
  readonly #hold: StreamHold;
  readonly #isHolding: boolean;

  constructor({ modes, hashKey }: RedactorOptions) {
    this.modes = [...new Set(modes)];
    if (this.modes.length === 0) throw new RangeError("Cannot create a redactor: no mode given");
    this.#views = this.modes.map((mode) => VIEWS[mode]);
    this.#scanner = new Scanner(this.modes.length > 1);
    this.#key = hashKey === undefined ? undefined : new KeyedHash(hashKey);
    this.#hold = new StreamHold(this.#scanner);
    // Only `masked` shows pieces of a text whose rest is still to come with secrets taken out of it.
    this.#isHolding = this.modes.includes("masked");
  }

  push(event: OispEvent): readonly RedactedViews[] {
    if (!this.#isHolding) return [this.#redact(event, event)];
    if (event.event_type === "ai.streaming_chunk") return this.#render(this.#hold.push(event));
    const ended = event.event_type === "ai.response" ? event.data.related_event_id : undefined;
    const released = ended === undefined ? [] : this.endStream(ended);
    return [...released, this.#redact(event, event)];
  }

  endStream(requestEventId: string): readonly RedactedViews[] {
    return this.#render(this.#hold.end(requestEventId));
  }

  advance(nowNs: number): readonly RedactedViews[] {
    return this.#render(this.#hold.advance(nowNs));
  }

  close(): readonly RedactedViews[] {
    return this.#render(this.#hold.close());
  }

  redactText(text: string): string {
    const masked = maskText(text, this.#scanner.scan(text));
    this.#scanner.forget();
    return masked;
  }

  #render(released: ReturnType<StreamHold["end"]>): readonly RedactedViews[] {
    return released.map(({ original, shifted }) => this.#redact(original, shifted));
  }

  /** `shifted` is the event with its streamed text moved back to where no secret can be cut; only `masked` shows it. */
  #redact(original: OispEvent, shifted: OispEvent): RedactedViews {
    const canonical = this.#key === undefined ? undefined : new CanonicalContent();
    const drafts = this.#views.map((view, index) => {
      const tally = new Tally();
      const source = view.mode === "masked" ? shifted : original;
      const state = { scanner: this.#scanner, view, tally, canonical: undefined };
      const event = walkObject(state, source as JsonObject, ENVELOPE);
      const contentState = index === 0 ? { ...state, canonical } : state;
      event.data = walkObject(contentState, source.data as JsonObject, findDataTable(source.event_type));
      if (source.event_type === "ai.request") this.#addPromptHash(source, event.data as JsonObject, view);
      if (source !== original) tally.addMarks(source);
      return { event, tally, view };
    });
    const originalHash = canonical === undefined ? undefined : this.#toOriginalHash(canonical);
    this.#scanner.forget();
    return drafts.map(({ event, tally, view }) => toRedactedEvent(event, view, tally, originalHash));
  }

  #addPromptHash(source: EventOf<"ai.request">, data: JsonObject, view: View): void {
    if (view.mode === "minimal" || source.data.system_prompt !== undefined || "system_prompt_hash" in data) return;
    const hash = findPromptHash(source.data, data, this.#scanner);
    if (hash !== undefined) data.system_prompt_hash = hash;
  }

  #toOriginalHash(canonical: CanonicalContent): string | undefined {
    return canonical.text === "" || this.#key === undefined
      ? undefined
      : ["sha256:", this.#key.toHex(canonical.text)].join("");
  }
}

/** Adds what redaction did. This is the only place where the brand is given. */
function toRedactedEvent(
  event: JsonObject,
  view: View,
  tally: Tally,
  originalHash: string | undefined,
): RedactedEvent {
  const data: JsonObject = typeof event.data === "object" && event.data !== null ? event.data as JsonObject : {};
  if (tally.hasChangedMessage) data.messages_redacted = true;
  const redaction: JsonObject = { mode: view.mode, ruleset: RULESET_VERSION };
  if (originalHash !== undefined) redaction.original_hash = originalHash;
  if (tally.count > 0) {
    redaction.patterns_found = tally.classes;
    redaction.rules = tally.ruleIds;
    redaction.redaction_count = tally.count;
  }
  data.redaction = redaction;
  event.data = data;
  return event as unknown as RedactedEvent;
}
