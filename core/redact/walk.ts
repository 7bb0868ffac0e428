/**
 * Builds one mode's copy of an event: goes through its fields with the table of their classes, has every text scanned and asks
 * the view what to put in its place. The original is never changed.
 */
import type { Match, Scanner } from "./scanner.ts";
import { toMark } from "./scanner.ts";
import type { FieldClass, FieldTable } from "./field_classes.ts";
import { type CanonicalContent, Tally } from "./tally.ts";
import type { JsonObject, View } from "./view.ts";
import { assignments } from "./rules/assignments.ts";
import { authHeaders } from "./rules/auth_headers.ts";
import { isPlaceholder, looksRandom } from "./rules/entropy.ts";
import { toFlatText } from "./flat_text.ts";
import { isCardNumber, paymentCard } from "./rules/payment_card.ts";
import { findSecretName } from "./secret_name_memo.ts";
import type { SecretName } from "./rules/secret_names.ts";
import { maskCommand } from "./command.ts";

/** What one walk writes to. */
export interface WalkState {
  readonly scanner: Scanner;
  readonly view: View;
  readonly tally: Tally;
  /** Collects the original content; only one of several walks over an event has it. */
  readonly canonical: CanonicalContent | undefined;
}

/** One short word is neither a sentence nor JSON. */
const SHORT_WORD = 20;
const PLAIN_WORD = /^[A-Za-z][\w./-]*$/;
/** Deeper JSON is replaced whole. */
const DEEPEST_JSON = 64;
/** JSON inside a text is looked at up to this many units. */
const LONGEST_INNER_JSON = 256 * 1024;
const TOO_DEEP = "[REDACTED:too_deep]";

/** Gives the redacted copy of an object whose fields are classed by `table`. */
export function walkObject(state: WalkState, source: JsonObject, table: FieldTable): JsonObject {
  const out: JsonObject = {};
  for (const key in source) {
    const value: unknown = source[key];
    if (value !== undefined) walkField(state, out, key, value, table[key] ?? "json");
  }
  return out;
}

/** Frozen objects are facts that many events share, such as a process: their copy is made once a view; no content in them. */
function walkShared(state: WalkState, source: JsonObject, table: FieldTable): JsonObject {
  if (!Object.isFrozen(source)) return walkObject(state, source, table);
  let copies = state.view.shared.get(source);
  if (copies === undefined) {
    const tally = new Tally();
    copies = { copy: Object.freeze(walkObject({ ...state, tally }, source, table)), tally };
    state.view.shared.set(source, copies);
  }
  state.tally.merge(copies.tally);
  return copies.copy;
}

function walkField(
  state: WalkState,
  out: JsonObject,
  key: string,
  value: unknown,
  fieldClass: FieldClass | FieldTable,
) {
  if (typeof value === "string" && typeof fieldClass === "string") {
    putText(state, out, key, value, fieldClass);
  } else if (typeof value !== "object" || value === null) {
    out[key] = fieldClass === "json" ? walkJson(state, value, key, 0) : value;
  } else if (Array.isArray(value)) {
    out[key] = walkArray(state, value, fieldClass);
  } else if (typeof fieldClass === "object") {
    out[key] = walkShared(state, value as JsonObject, fieldClass);
  } else {
    out[key] = fieldClass === "own" ? value : walkJson(state, value, key, 0);
  }
}

function walkArray(state: WalkState, values: readonly unknown[], fieldClass: FieldClass | FieldTable): unknown {
  if (fieldClass === "own") return values;
  if (fieldClass === "command") return maskCommand(state, values);
  if (typeof fieldClass === "object") {
    return values.map((value) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? walkObject(state, value as JsonObject, fieldClass)
        : walkJson(state, value, "", 0)
    );
  }
  return values.map((value) => {
    if (typeof value !== "string") return walkJson(state, value, "", 0);
    const holder: JsonObject = {};
    putText(state, holder, "value", value, fieldClass);
    return holder.value;
  });
}

/** Scans a text and puts what the view shows of it. */
function putText(state: WalkState, out: JsonObject, key: string, text: string, fieldClass: FieldClass): void {
  if (fieldClass === "own") {
    out[key] = toFlatText(text);
    return;
  }
  if (fieldClass === "json") {
    out[key] = walkJson(state, text, key, 0);
    return;
  }
  const clean = fieldClass === "word" ? state.scanner.findClean(text) : undefined;
  if (clean !== undefined) {
    out[key] = clean;
    return;
  }
  const matches = state.scanner.scan(text);
  if (matches.length > 0) state.tally.add(matches);
  if (fieldClass === "word") out[key] = state.view.word(text, matches);
  else putFreeText(state, out, key, text, matches, fieldClass);
}

function putFreeText(
  { scanner, view, tally, canonical }: WalkState,
  out: JsonObject,
  key: string,
  text: string,
  matches: readonly Match[],
  fieldClass: FieldClass,
): void {
  if (fieldClass === "content") {
    const hash = view.content(out, text, matches, scanner);
    if (out.content !== text) tally.hasChangedMessage = true;
    canonical?.add(text, matches.length === 0 ? hash?.slice(7) : undefined);
    return;
  }
  if (fieldClass === "system_prompt") {
    // The same text was a message already: nothing is hashed again.
    const hash = canonical !== undefined && matches.length === 0
      ? scanner.digest(text, matches).content_hash
      : undefined;
    canonical?.add(text, hash?.slice(7));
    view.systemPrompt(out, text, matches, scanner);
    if (out.system_prompt !== text) tally.hasChangedMessage = true;
    return;
  }
  canonical?.add(text);
  if (fieldClass === "delta") {
    view.delta(out, text, matches);
    if (out.content !== text) tally.hasChangedMessage = true;
  } else if (fieldClass === "thought") {
    out[key] = view.thought(text, matches, scanner);
    if (out[key] !== text) tally.hasChangedMessage = true;
  } else out[key] = fieldClass === "fragment" ? view.fragment(text, matches) : view.text(text, matches);
}

/** Redacts a JSON value: every text, every key, numbers that are card numbers, and values beside secret names. */
function walkJson(state: WalkState, value: unknown, name: string, depth: number): unknown {
  if (typeof value === "string") return walkLeaf(state, value, name, depth);
  if (typeof value === "number") return walkNumber(state, value, name);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= DEEPEST_JSON) return TOO_DEEP;
  if (Array.isArray(value)) return value.map((element) => walkJson(state, element, name, depth + 1));
  const out: JsonObject = {};
  for (const [key, inner] of Object.entries(value)) {
    // Assigning "__proto__" would set the prototype and lose the field.
    const shown = key === "__proto__" ? "[REDACTED:key]" : walkKey(state, key);
    out[shown] = walkJson(state, inner, key, depth + 1);
  }
  return out;
}

const PLAIN_KEY = /^[A-Za-z_][\w.-]{0,18}$/;

function walkKey(state: WalkState, key: string): string {
  if (PLAIN_KEY.test(key)) return key;
  const matches = state.scanner.scan(key);
  if (matches.length > 0) state.tally.add(matches);
  const shown = state.view.leaf(key, matches, state.scanner);
  return typeof shown === "string" ? shown : "[REDACTED:key]";
}

/** What secrets that stand in addresses are made of. */
const OPAQUE = /^[\w.~+/=%-]+$/;

/** Whether a text is a secret by the name beside it; `code` and `key` are also names of programs, fields and keys pressed. */
function isSecretBeside(kind: SecretName, text: string): boolean {
  if (kind === "none" || text === "" || isPlaceholder(text)) return false;
  if (kind === "parameter") return OPAQUE.test(text) && looksRandom(text);
  return kind !== "token" || looksRandom(text);
}

function walkLeaf(state: WalkState, text: string, name: string, depth: number): unknown {
  const kind = findSecretName(name);
  if (isSecretBeside(kind, text)) {
    const rule = kind === "header" ? authHeaders : assignments;
    state.tally.addRule(rule);
    state.canonical?.add(text);
    return state.view.mode === "full" ? text : toMark(rule.id);
  }
  if (kind === "none" && text.length < SHORT_WORD && state.view.mode !== "minimal" && PLAIN_WORD.test(text)) {
    const clean = state.scanner.findClean(text);
    if (clean !== undefined) {
      state.canonical?.add(text);
      return clean;
    }
  }
  const inner = depth < DEEPEST_JSON ? walkInnerJson(state, text, depth) : undefined;
  const source = inner ?? text;
  const matches = state.scanner.scan(source);
  if (matches.length > 0) state.tally.add(matches);
  const shown = state.view.leaf(source, matches, state.scanner);
  const isOriginal = matches.length === 0 && inner === undefined && typeof shown !== "string";
  state.canonical?.add(text, isOriginal ? shown.content_hash?.slice(7) : undefined);
  return shown;
}

/** JSON inside a text, redacted and written again; undefined when it is not JSON or nothing in it changed. */
function walkInnerJson(state: WalkState, text: string, depth: number): string | undefined {
  const first = text.charCodeAt(0);
  if ((first !== 123 && first !== 91) || text.length > LONGEST_INNER_JSON || state.view.mode === "full") {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(text);
    const before = JSON.stringify(value);
    const after = JSON.stringify(walkJson({ ...state, canonical: undefined }, value, "", depth + 1));
    return before === after ? undefined : after;
  } catch {
    return undefined;
  }
}

function walkNumber(state: WalkState, value: number, name: string): unknown {
  const isCard = value >= 1e12 && isCardNumber(String(value));
  if (!isCard && findSecretName(name) !== "password") return value;
  const rule = isCard ? paymentCard : assignments;
  state.tally.addRule(rule);
  return state.view.mode === "full" ? value : toMark(rule.id);
}
