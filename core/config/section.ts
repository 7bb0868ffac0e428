/** What a section of the configuration file is, and how facts about its keys are read from its schema. */
import * as v from "valibot";

/** A schema of named keys. Each key's schema carries `v.description` and, where needed, `v.metadata(KeyMetadata)`. */
export interface SectionSchema extends v.GenericSchema {
  readonly entries: Readonly<Record<string, v.GenericSchema>>;
}

/** True for schemas of named keys. */
export function isSectionSchema(schema: v.GenericSchema): schema is SectionSchema {
  return "entries" in schema && typeof schema.entries === "object";
}

/** Facts of a key beyond its type. */
export interface KeyMetadata {
  /** Never printed; has a `<key>_file` form. */
  readonly isSecret?: boolean;
  /** Parsed and checked, but without effect in this version. */
  readonly isLater?: boolean;
  /** Value for `oisp config init` where there is no default. */
  readonly example?: unknown;
}

/** A section: its table name (`export.jsonl`; empty for the top of the file), what it is for, its keys. */
export interface ConfigSection {
  readonly path: string;
  readonly summary: string;
  readonly schema: SectionSchema;
  /** The whole section has no effect in this version. */
  readonly isLater?: boolean;
  /** May also be written as an array of tables, `[[path]]`. */
  readonly isRepeatable?: boolean;
}

/** What is known of a key. */
export interface KeyFacts extends KeyMetadata {
  readonly name: string;
  readonly schema: v.GenericSchema;
  readonly description: string;
  /** Undefined: none. */
  readonly defaultValue: unknown;
  readonly isOptional: boolean;
  /** Allowed words, for keys with a closed list. */
  readonly choices: readonly string[];
}

interface Wrapper {
  readonly wrapped: v.GenericSchema;
}

function isWrapper(schema: v.GenericSchema): schema is v.GenericSchema & Wrapper {
  return "wrapped" in schema;
}

/** Gives the schema inside `optional` and the like. */
export function unwrapSchema(schema: v.GenericSchema): v.GenericSchema {
  return isWrapper(schema) ? unwrapSchema(schema.wrapped) : schema;
}

function findChoices(schema: v.GenericSchema): string[] {
  const inner = unwrapSchema(schema);
  const options: unknown = "options" in inner ? inner.options : undefined;
  return Array.isArray(options) ? options.filter((option) => typeof option === "string") : [];
}

/** Gives the facts of every key, in the order of the schema. */
export function listKeys(schema: SectionSchema): KeyFacts[] {
  return Object.entries(schema.entries).map(([name, entry]) => {
    const inner = unwrapSchema(entry);
    const metadata: KeyMetadata = { ...v.getMetadata(inner), ...v.getMetadata(entry) };
    return {
      ...metadata,
      name,
      schema: entry,
      description: v.getDescription(entry) ?? v.getDescription(inner) ?? "",
      defaultValue: v.getDefault(entry),
      isOptional: entry.type === "optional" || entry.type === "exact_optional",
      choices: findChoices(entry),
    };
  });
}
