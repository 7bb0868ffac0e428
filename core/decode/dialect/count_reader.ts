/**
 * Reads the answer of a method that counts the tokens of a request that is not made. The count is told as input tokens; nothing was
 * used, so sums leave these calls out and no price applies.
 */
import type { ModelError, ModelResponse } from "../../model/model_call.ts";
import type { ResponseContext, ResponseReader } from "./dialect.ts";
import { asCount, asFilledText, asRecord, parseRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";

/** Creates the reader; `name` is the member with the count. Errors are read in the forms of the vendors that count so. */
export function createCountReader(context: ResponseContext, name: string): ResponseReader {
  let found: ModelResponse = { choices: [] };
  return {
    message(message) {
      const json = parseRecord(message.text);
      if (json === undefined) return "meta";
      const isError = context.response.status >= 400 || asRecord(json["error"]) !== undefined;
      const count = isError ? undefined : asCount(json[name]);
      found = compact<ModelResponse>({
        choices: [],
        requestId: asFilledText(json["request_id"]),
        usage: count === undefined ? undefined : { inputTokens: count },
        error: isError ? toError(json, context) : undefined,
      });
      return "meta";
    },
    finish: () => found,
  };
}

/** `{error: {type, code, message}}`, or a bare message whose type stands in a header (AWS). */
function toError(json: Readonly<Record<string, unknown>>, context: ResponseContext): ModelError {
  const nested = asRecord(json["error"]) ?? json;
  const type = asFilledText(nested["type"]) ?? context.response.headers.get("x-amzn-errortype")?.split(":")[0];
  return compact<ModelError>({
    type: type === "error" ? undefined : type,
    code: asFilledText(nested["code"]),
    message: asFilledText(nested["message"]) ?? asFilledText(nested["Message"]),
  });
}
