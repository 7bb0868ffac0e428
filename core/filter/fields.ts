/** The fields of events, read from the schema: which there are, and what they hold. */
import { OispEventSchema } from "../model/event_schema.ts";
import { findNearest } from "../model/nearest.ts";
import { SHORT_NAMES } from "./short_names.ts";

/** What a field may hold. `any`: whatever JSON there is; `object`: fields of its own. */
export type FieldKind = "text" | "number" | "boolean" | "choice" | "object" | "any";

/** What is known of a field. Arrays are looked through: the field of a list is that of its members. */
export interface Field {
  /** Where it lies; any of several may match. */
  readonly paths: readonly (readonly string[])[];
  readonly kinds: ReadonlySet<FieldKind>;
  /** Allowed words of kind `choice`. */
  readonly choices: readonly string[];
  /** What its numbers, or its text, measure. */
  readonly unit: "ms" | "bytes" | "usd" | "time" | "none";
}

interface Facts {
  readonly kinds: Set<FieldKind>;
  readonly choices: Set<string>;
}

type Table = Map<string, Facts>;

const MAX_SCHEMA_DEPTH = 16;
const SIMPLE_KINDS: Readonly<Record<string, FieldKind>> = {
  string: "text",
  number: "number",
  boolean: "boolean",
  record: "any",
  unknown: "any",
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function note(table: Table, path: string, kind: FieldKind, choices: readonly unknown[] = []): void {
  const facts = table.get(path) ?? { kinds: new Set(), choices: new Set() };
  facts.kinds.add(kind);
  for (const choice of choices) facts.choices.add(String(choice));
  table.set(path, facts);
}

function walk(table: Table, schema: unknown, path: string, depth: number): void {
  if (!isObject(schema) || depth > MAX_SCHEMA_DEPTH) return;
  const deeper = (inner: unknown) => walk(table, inner, path, depth + 1);
  if ("wrapped" in schema) deeper(schema.wrapped);
  else if ("item" in schema) deeper(schema.item);
  else if (isObject(schema.entries)) walkEntries(table, schema.entries, path, depth);
  else if (schema.type === "literal") note(table, path, "choice", [schema.literal]);
  else if (schema.type === "picklist" && Array.isArray(schema.options)) note(table, path, "choice", schema.options);
  else if (Array.isArray(schema.options)) schema.options.forEach(deeper);
  else note(table, path, SIMPLE_KINDS[String(schema.type)] ?? "any");
}

function walkEntries(table: Table, entries: Record<string, unknown>, path: string, depth: number): void {
  if (path !== "") note(table, path, "object");
  for (const [name, entry] of Object.entries(entries)) {
    walk(table, entry, path === "" ? name : `${path}.${name}`, depth + 1);
  }
}

let known: Table | undefined;

function knownFields(): Table {
  if (known !== undefined) return known;
  known = new Map();
  walk(known, OispEventSchema, "", 0);
  return known;
}

function findFacts(path: string): Facts | undefined {
  const table = knownFields();
  const facts = table.get(path);
  if (facts !== undefined) return facts;
  for (let end = path.lastIndexOf("."); end > 0; end = path.lastIndexOf(".", end - 1)) {
    const outer = table.get(path.slice(0, end));
    if (outer !== undefined) {
      return outer.kinds.has("any") ? { kinds: new Set(["any"]), choices: new Set() } : undefined;
    }
  }
  return undefined;
}

function toUnit(paths: readonly string[]): Field["unit"] {
  const [path = ""] = paths;
  if (path === "timestamp") return "time";
  if (path.endsWith("_ms") || path.includes("_ms_")) return "ms";
  if (path.endsWith("usd")) return "usd";
  return /(^|[._])(bytes|size|length)$/.test(path) ? "bytes" : "none";
}

function toField(paths: readonly string[]): Field {
  const facts = paths.map(findFacts).filter((entry) => entry !== undefined);
  return {
    paths: paths.map((path) => path.split(".")),
    kinds: new Set(facts.flatMap(({ kinds }) => [...kinds])),
    choices: facts.flatMap(({ choices }) => [...choices]),
    unit: toUnit(paths),
  };
}

/** Finds a field by its short name, its path, or its path below `data`. Letters may be upper or lower case in short names only. */
export function findField(name: string): Field | undefined {
  const short = SHORT_NAMES.find((entry) => entry.name === name.toLowerCase());
  if (short !== undefined) return toField(short.paths);
  if (findFacts(name) !== undefined) return toField([name]);
  return findFacts(`data.${name}`) === undefined ? undefined : toField([`data.${name}`]);
}

/** Every path, in the order of the schema. */
export function listPaths(): readonly string[] {
  return [...knownFields().keys()];
}

/** Gives the name that was most likely meant. */
export function findNearestField(name: string): string | undefined {
  const paths = listPaths();
  const short = findNearest(name, SHORT_NAMES.map((entry) => entry.name));
  // `data.` in front would count as five letters that differ.
  return short ?? findNearest(name, paths.map((path) => path.replace(/^data\./, ""))) ?? findNearest(name, paths);
}

/** The fields of an object, for the advice to name one of them. */
export function listFieldsOf(field: Field): readonly string[] {
  const prefixes = field.paths.map((path) => path.join(".") + ".");
  return listPaths().filter((path) => prefixes.some((prefix) => path.startsWith(prefix)));
}
