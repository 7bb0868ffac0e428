/**
 * Search and crawl services that agents use as tools: that one was called, how it went, and how many bytes. What was asked and
 * found is no conversation with a model and is not read.
 *
 * @see https://docs.tavily.com, https://docs.exa.ai, https://docs.firecrawl.dev, https://serper.dev (read 2026-11-21)
 */
import type { ModelResponse } from "../../model/model_call.ts";
import type { Dialect } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { asFilledText, asRecord, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";

/** Enough on a host that lists the format, too little anywhere else. */
const ONLY_WITH_HOST = 0.3;

const PATH = /\/(?:search|news|images|scholar|shopping|extract|crawl|map|scrape|contents|findSimilar|answer|research)$/;

/** Services that agents use as tools. */
export const toolApi: Dialect = {
  id: "tool_api",
  summary: "Search and crawl services used as tools: that they were called, and the status",
  stability: "experimental",
  docsUrl: "https://docs.tavily.com",
  matchHead: (head) => (head.method === "POST" && PATH.test(head.path) ? ONLY_WITH_HOST : 0),
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "other",
  decodeRequest: (view) =>
    asRecord(view.json) === undefined
      ? undefined
      : { requestType: "other", isStreaming: false, messages: [], tools: [], parameters: {} },
  createReader: (context) => createDocumentReader(context, readAnswer),
};

function readAnswer(json: JsonRecord): Partial<ModelResponse> {
  const results = json["results"] ?? json["organic"] ?? json["data"];
  return compact<Partial<ModelResponse>>({
    requestId: asFilledText(json["request_id"]) ?? asFilledText(json["requestId"]),
    outputCount: Array.isArray(results) ? results.length : undefined,
  });
}
