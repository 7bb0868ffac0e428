import type { ModelError } from "../../model/model_call.ts";
import { asFilledText, asList, asRecord, type JsonRecord } from "./json_access.ts";

/**
 * Reads the error of OpenAI and of the servers that speak its format: `{error:{message,type,code}}`, `{error:"text"}` (also with `code` beside it),
 * `{message}`, `{detail}` (text or FastAPI's list), `{object:"error",message}`, and a list holding one of them. Undefined when
 * the body is no error.
 */
export function decodeOpenAiError(json: unknown): ModelError | undefined {
  const record = asRecord(json) ?? asRecord(asList(json)[0]);
  if (record === undefined) return undefined;
  const nested = asRecord(record.error);
  if (nested !== undefined) return toError(nested);
  const text = asFilledText(record.error);
  if (text !== undefined) return { ...toError(record), message: text };
  if (record.object === "error" || record.type === "error") return toError(record);
  return undefined;
}

/** Reads the looser forms that mean an error only with an HTTP status that says so. */
export function decodeBareError(json: unknown): ModelError | undefined {
  const record = asRecord(json);
  if (record === undefined) return undefined;
  if (asFilledText(record.message) !== undefined) return toError(record);
  const detail = asFilledText(record.detail) ?? asFilledText(asRecord(asList(record.detail)[0])?.msg);
  return detail === undefined ? undefined : { message: detail };
}

function toError(json: JsonRecord): ModelError {
  const error: ModelError = {};
  const type = asFilledText(json.type);
  if (type !== undefined && type !== "error") error.type = type;
  const code = json.code;
  if (typeof code === "string" && code !== "") error.code = code;
  else if (typeof code === "number") error.code = String(code);
  const message = asFilledText(json.message);
  if (message !== undefined) error.message = message;
  return error;
}
