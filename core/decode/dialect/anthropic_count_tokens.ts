import type { ModelError, ModelResponse } from "../../model/model_call.ts";
import { decodeAnthropicRequest } from "./anthropic_request.ts";
import type { Dialect, ResponseReader } from "./dialect.ts";
import { asFilledText, asRecord, parseRecord } from "./json_access.ts";
import { hasPathEnd } from "./path_end.ts";

/**
 * Anthropic's token counting. The count is of a request that was not made: it is no usage and costs nothing.
 *
 * @see https://docs.claude.com/en/api/messages-count-tokens (read 2026-08-20)
 */
export const anthropicCountTokens: Dialect = {
  id: "anthropic_count_tokens",
  summary: "Anthropic's token counting",
  stability: "stable",
  docsUrl: "https://docs.claude.com/en/api/messages-count-tokens",
  matchHead: (head) => head.method === "POST" && hasPathEnd(head.path, "messages/count_tokens") ? 1 : 0,
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "count_tokens",
  decodeRequest: (view) => {
    const json = asRecord(view.json);
    const request = json === undefined ? undefined : decodeAnthropicRequest(json, false);
    return request === undefined ? undefined : { ...request, requestType: "count_tokens" };
  },
  createReader: () => createReader(),
};

function createReader(): ResponseReader {
  let error: ModelError | undefined;
  let requestId: string | undefined;
  return {
    message(message) {
      const json = parseRecord(message.text);
      const nested = asRecord(json?.error);
      const type = asFilledText(nested?.type);
      const text = asFilledText(nested?.message);
      if (nested !== undefined) error = { ...(type && { type }), ...(text && { message: text }) };
      requestId = asFilledText(json?.request_id);
      return "meta";
    },
    finish: (): ModelResponse => ({
      choices: [],
      ...(requestId !== undefined && { requestId }),
      ...(error !== undefined && { error }),
    }),
  };
}
