import type { RequestView } from "./dialect.ts";
import { asRecord, type JsonRecord } from "./json_access.ts";

/**
 * Fields of a request that is a JSON object or a multipart form: text parts by name (the last one wins; file parts carry no
 * text). Undefined when it is neither.
 */
export function readFormFields(view: RequestView): JsonRecord | undefined {
  const json = asRecord(view.json);
  if (json !== undefined) return json;
  const fields: Record<string, unknown> = {};
  for (const part of view.messages) {
    if (part.name !== undefined) fields[part.name] = part.text;
  }
  return Object.keys(fields).length === 0 ? undefined : fields;
}
