import type { ModelError, ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { Dialect, ResponseReader } from "./dialect.ts";
import { asFilledText, asList, asRecord, parseJson } from "./json_access.ts";
import { decodeOpenAiError } from "./openai_error.ts";
import { hasPathEnd } from "./path_end.ts";

/** A list of models, or one of them. */
const PATH = /\/(?:models(?:\/[^/]+)?|foundation_model_specs)\/?$/;

/**
 * The list of a vendor's models. Weak on purpose: other services have paths like it, so it counts only on hosts whose row
 * lists it.
 *
 * @see https://platform.openai.com/docs/api-reference/models (read 2026-08-20)
 */
export const openaiModels: Dialect = {
  id: "openai_models",
  summary: "Lists of models, on hosts of known vendors",
  stability: "stable",
  docsUrl: "https://platform.openai.com/docs/api-reference/models",
  matchHead: (head) => head.method === "GET" && (hasPathEnd(head.path, "models") || PATH.test(head.path)) ? 0.3 : 0,
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "models",
  decodeRequest: (): ModelRequest => ({
    requestType: "models",
    isStreaming: false,
    messages: [],
    tools: [],
    parameters: {},
  }),
  createReader: () => createReader(),
};

function createReader(): ResponseReader {
  let outputCount: number | undefined;
  let error: ModelError | undefined;
  return {
    message(message) {
      const json = parseJson(message.text);
      const record = asRecord(json);
      error = decodeOpenAiError(json) ?? error;
      const list = Array.isArray(json) ? json : asList(record?.data ?? record?.models ?? record?.resources);
      if (list.length > 0) outputCount = list.length;
      // A bare list comes entry by entry.
      else if (asFilledText(record?.id) !== undefined) outputCount = (outputCount ?? 0) + 1;
      return "meta";
    },
    isStream: false,
    finish(): ModelResponse {
      return {
        choices: [],
        ...(outputCount !== undefined && { outputCount }),
        ...(error !== undefined && { error }),
      };
    },
  };
}
