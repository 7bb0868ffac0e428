import { asList, asRecord, type JsonRecord } from "./json_access.ts";

/** Tells whether a parsed JSON value is an object (not null, not a list). */
export function isRecord(value: unknown): value is JsonRecord {
  return asRecord(value) !== undefined;
}

/** The objects of a list; other members are left out. */
export function asRecords(value: unknown): readonly JsonRecord[] {
  return asList(value).filter(isRecord);
}

/** Adds counts of which some may be unknown: undefined when all are. */
export function sumCounts(...counts: readonly (number | undefined)[]): number | undefined {
  let sum: number | undefined;
  for (const count of counts) {
    if (count !== undefined) sum = (sum ?? 0) + count;
  }
  return sum;
}

/** An object without its undefined members, in place: absent is absent. */
export function compact<T extends object>(record: { [K in keyof T]: T[K] | undefined }): T {
  for (const key of Object.keys(record) as (keyof T)[]) {
    if (record[key] === undefined) delete record[key];
  }
  return record as T;
}
