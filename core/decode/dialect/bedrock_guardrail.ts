/**
 * Amazon Bedrock ApplyGuardrail: a text is judged by a guardrail without a model. The guardrail stands in the path; findings are not
 * published, what is said in place of a refused text is.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html (read 2026-11-21)
 */
import type { Choice, Message, ModelRequest, ModelResponse } from "../../model/model_call.ts";
import { addConverseBlock } from "./bedrock_converse_content.ts";
import type { Dialect, RequestView, ResponseContext } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";

const PATH = /\/guardrail\/[^/]+\/version\/[^/]+\/apply$/;

/** Amazon Bedrock ApplyGuardrail. */
export const bedrockGuardrail: Dialect = {
  id: "bedrock_guardrail",
  summary: "Amazon Bedrock ApplyGuardrail",
  stability: "experimental",
  docsUrl: "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html",
  matchHead: (head) => (head.method === "POST" && PATH.test(head.path) ? 1 : 0),
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "moderation",
  decodeRequest,
  createReader: (context) => createDocumentReader(context, readVerdict),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const content = asRecords(json["content"]);
  // Content is of the kind of a guarded block of Converse; it is the user's or the model's.
  const message: Message = { role: json["source"] === "OUTPUT" ? "assistant" : "user" };
  for (const block of content) addConverseBlock(message, { guardContent: block }, "\n");
  return compact<ModelRequest>({
    requestType: "moderation",
    isStreaming: false,
    messages: content.length === 0 ? [] : [message],
    inputCount: Array.isArray(json["content"]) ? content.length : undefined,
    tools: [],
    parameters: {},
  });
}

function readVerdict(json: JsonRecord, context: ResponseContext): Partial<ModelResponse> {
  const texts = asRecords(json["outputs"]).map((output) => asText(output["text"])).filter((text) => text !== undefined);
  const action = asText(json["action"]);
  const isRefused = action === "GUARDRAIL_INTERVENED";
  return compact<Partial<ModelResponse>>({
    requestId: context.response.headers.get("x-amzn-requestid"),
    choices: texts.length === 0 ? undefined : [compact<Choice>({
      index: 0,
      message: { role: "assistant", content: texts.join("\n") },
      finishReason: isRefused ? "content_filter" : undefined,
      rawFinishReason: isRefused ? action : undefined,
    })],
  });
}
