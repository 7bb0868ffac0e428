import { decodeAnthropicRequest } from "./anthropic_request.ts";
import { createCountReader } from "./count_reader.ts";
import type { Dialect } from "./dialect.ts";
import { asRecord } from "./json_access.ts";
import { hasPathEnd } from "./path_end.ts";

/**
 * Anthropic's token counting. The count is of a request that was not made: it costs nothing.
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
  createReader: (context) => createCountReader(context, "input_tokens"),
};
