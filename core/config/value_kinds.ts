/** Building blocks for configuration schemas. */
import * as v from "valibot";
import type { KeyMetadata } from "./section.ts";

/** A text that is not empty. */
export const Text = v.pipe(v.string(), v.nonEmpty());

/** A whole number from 0. */
export const Whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A whole number from 1. */
export const Positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** A TCP port. */
export const Port = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(65535));

/** Names with texts, for example HTTP headers. */
export const Headers = v.record(Text, v.string());

/** Level of redaction. */
export const Redaction = v.picklist(["safe", "masked", "full", "minimal"]);

/** Says what a key is for; `metadata` adds facts beyond its type. */
export function key<S extends v.GenericSchema>(schema: S, description: string, metadata: KeyMetadata = {}) {
  return v.pipe(schema, v.description(description), v.metadata({ ...metadata }));
}

/** A key without effect in this version. */
export function laterKey<S extends v.GenericSchema>(schema: S, description: string, metadata: KeyMetadata = {}) {
  return v.optional(key(schema, description, { ...metadata, isLater: true }));
}
