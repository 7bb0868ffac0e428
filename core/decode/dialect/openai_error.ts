import type { ModelError } from "../../model/model_call.ts";
import { asFilledText, asList, asRecord, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";

/** Members that hold the words of an error where it is no plain text, the likeliest first. */
const WORDS = ["message", "msg", "description", "error", "detail"] as const;

/** Words lie no deeper than this: `{message:{detail:[{msg}]}}`. */
const MAX_DEPTH = 4;

/**
 * Reads the error of OpenAI and of the servers that speak its format: `{error:{message,type,code}}`, `{error:"text"}` (also with
 * `code` or `error_type` beside it), `{object:"error",message}` (also with FastAPI's list as message), and a list holding one of
 * them. Undefined when the body is no error.
 */
export function decodeOpenAiError(json: unknown): ModelError | undefined {
  const record = asRecord(json) ?? asRecord(asList(json)[0]);
  if (record === undefined) return undefined;
  const nested = asRecord(record.error);
  if (nested !== undefined) return toError(nested);
  const text = asFilledText(record.error) ?? asFilledText(asList(record.error)[0]);
  if (text !== undefined) return { ...toError(record), message: text };
  if (record.object === "error" || record.type === "error") return toError(record);
  return readMiniMax(asRecord(record["base_resp"]));
}

/** MiniMax answers every call with a code of its own, 0 where all went well, and errors with status 200. */
function readMiniMax(state: JsonRecord | undefined): ModelError | undefined {
  const code = state?.["status_code"];
  if (typeof code !== "number" || code === 0) return undefined;
  return compact<ModelError>({ code: String(code), message: asFilledText(state?.["status_msg"]) });
}

/**
 * Reads the looser forms that mean an error only with an HTTP status that says so: `{message}` (AWS: `{ErrorCode,Message}`),
 * `{errors:[…]}`, `{error_msg}`, and `{detail}` as text, as an object, or as FastAPI's list.
 */
export function decodeBareError(json: unknown): ModelError | undefined {
  const record = asRecord(json);
  if (record === undefined) return undefined;
  if (asFilledText(record.message) !== undefined) return toError(record);
  const ofAws = asFilledText(record["Message"]);
  if (ofAws !== undefined) return compact({ code: asFilledText(record["ErrorCode"]), message: ofAws });
  const first = asList(record["errors"])[0];
  if (first !== undefined) return asRecord(first) === undefined ? toWords(first) : toError(asRecord(first) ?? {});
  const words = asFilledText(record["error_msg"]);
  if (words !== undefined) return { ...toError(record), message: words };
  return toWords(record.detail);
}

function toWords(value: unknown): ModelError | undefined {
  const message = readWords(value, MAX_DEPTH);
  return message === undefined ? undefined : { message };
}

function toError(json: JsonRecord): ModelError {
  const type = asFilledText(json.type);
  return compact<ModelError>({
    type: type !== undefined && type !== "error" ? type : asFilledText(json["error_type"]),
    code: readCode(json.code) ?? readCode(json["error_code"]) ?? readCode(json["key"]),
    message: readWords(json.message ?? json["description"], MAX_DEPTH),
  });
}

function readCode(code: unknown): string | undefined {
  return typeof code === "number" ? String(code) : asFilledText(code);
}

function readWords(value: unknown, depth: number): string | undefined {
  const text = asFilledText(value);
  if (text !== undefined || depth === 0) return text;
  const record = asRecord(value) ?? asRecord(asList(value)[0]);
  if (record === undefined) return asFilledText(asList(value)[0]);
  for (const key of WORDS) {
    const words = readWords(record[key], depth - 1);
    if (words !== undefined) return words;
  }
  return undefined;
}
