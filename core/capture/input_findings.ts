import type { Finding } from "../model/finding.ts";
import { adviseOnInput, type InputKind } from "./guess_input.ts";

/** Findings that stand by themselves, and different reasons, that are listed. */
const MAX_FINDINGS = 100;
const MAX_REASONS = 10;
/** So many places with one reason are listed one by one; more become one finding. */
const MAX_SINGLE_PLACES = 3;
const MAX_LISTED_PLACES = 5;

/** What a place of an input is called, and the code of one that cannot be used. */
const PLACES = {
  line: { code: "OISP-IN-003", plural: "lines" },
  entry: { code: "OISP-IN-006", plural: "entries" },
} as const;

interface Group {
  readonly place: keyof typeof PLACES;
  readonly file: string;
  readonly reason: string;
  count: number;
  /** The first numbers. */
  readonly numbers: number[];
}

/**
 * Collects what is wrong with an input. Places with the same reason are told together, with their exact number, so that a file of
 * something else gives a few sentences and not one a line.
 */
export class InputFindings {
  readonly #found: (Finding | Group)[] = [];
  readonly #groups = new Map<string, Group>();
  /** Places whose reason is one too many. */
  #left = 0;
  #head: { readonly bytes: Uint8Array; readonly file: string; readonly wanted: InputKind } | undefined;

  /** Notes one problem. */
  add(finding: Finding): void {
    if (this.#found.length < MAX_FINDINGS) this.#found.push(finding);
    else this.#left++;
  }

  /** Notes a line that cannot be used. `line` counts from 1; `reason` is a clause that begins with `it is` or a quoted name. */
  addLine(file: string, line: number, reason: string): void {
    this.#addPlace("line", file, line, reason);
  }

  /** Notes an entry of a document that cannot be used. `entry` counts from 1. */
  addEntry(file: string, entry: number, reason: string): void {
    this.#addPlace("entry", file, entry, reason);
  }

  /** Notes how the input begins, for advice when it is something else. The bytes are kept. */
  noteHead(bytes: Uint8Array, file: string, wanted: InputKind): void {
    this.#head = { bytes, file, wanted };
  }

  /** Everything noted so far, in the order of its first place. */
  list(): readonly Finding[] {
    const listed = this.#found.flatMap((entry) => "place" in entry ? renderGroup(entry) : [entry]);
    const advice = this.#groups.size === 0 ? undefined : this.#advise();
    const first = listed.findIndex(({ code }) => code === PLACES.line.code);
    if (advice !== undefined) listed.splice(first, 1, { ...listed[first] as Finding, fix: advice });
    if (this.#left === 0) return listed;
    return [...listed, {
      code: "OISP-IN-004",
      severity: "error",
      what: `Cannot use ${this.#left} more places of the input`,
      why: `Only the first ${MAX_REASONS} reasons are listed`,
    }];
  }

  #addPlace(place: keyof typeof PLACES, file: string, number: number, reason: string): void {
    const key = `${place} ${reason}`;
    let group = this.#groups.get(key);
    if (group === undefined) {
      if (this.#groups.size >= MAX_REASONS) return void this.#left++;
      group = { place, file, reason, count: 0, numbers: [] };
      this.#groups.set(key, group);
      this.#found.push(group);
    }
    group.count++;
    if (group.numbers.length < MAX_LISTED_PLACES) group.numbers.push(number);
  }

  #advise(): string | undefined {
    return this.#head === undefined ? undefined : adviseOnInput(this.#head.bytes, this.#head.file, this.#head.wanted);
  }
}

function renderGroup(group: Group): Finding[] {
  const { place, file, reason, count, numbers } = group;
  if (count <= MAX_SINGLE_PLACES) return numbers.map((number) => renderPlace(group, number));
  const { code, plural } = PLACES[place];
  const listed = numbers.join(", ") + (count > numbers.length ? ", ..." : "");
  return [{
    code,
    severity: "error",
    what: `Cannot use ${count} ${plural} of ${file} (${listed}): ${toPlural(reason)}`,
    why: `They were skipped; all other ${plural} were read`,
    ...toPosition(group, numbers[0] ?? 1),
  }];
}

function renderPlace(group: Group, number: number): Finding {
  const { place, file, reason } = group;
  const { code, plural } = PLACES[place];
  return {
    code,
    severity: "error",
    what: `Cannot use ${place} ${number} of ${file}: ${reason}`,
    why: `The ${place} was skipped; all other ${plural} were read`,
    ...toPosition(group, number),
  };
}

function toPlural(reason: string): string {
  return reason.replace(/^it is /, "they are ").replace(/^it has /, "they have ").replace(/^its /, "their ");
}

function toPosition({ place, file }: Group, line: number): Pick<Finding, "position"> {
  return place === "line" ? { position: { file, line, column: 1 } } : {};
}
