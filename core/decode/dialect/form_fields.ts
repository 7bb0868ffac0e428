import type { RequestView } from "./dialect.ts";
import { asRecord, type JsonRecord } from "./json_access.ts";

/** Fields of forms that are numbers where the same request is JSON; a form has texts only. */
const NUMBERS: ReadonlySet<string> = new Set(["n", "temperature", "speed"]);

/**
 * Fields of a request that is a JSON object or a multipart form: text parts by name (the last one wins; file parts carry no
 * text). Undefined when it is neither.
 */
export function readFormFields(view: RequestView): JsonRecord | undefined {
  const json = asRecord(view.json);
  if (json !== undefined) return json;
  const fields: Record<string, unknown> = {};
  for (const part of view.messages) {
    if (part.name !== undefined) fields[part.name] = NUMBERS.has(part.name) ? toNumber(part.text) : part.text;
  }
  return Object.keys(fields).length === 0 ? undefined : fields;
}

function toNumber(text: string): number | string {
  return /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : text;
}
