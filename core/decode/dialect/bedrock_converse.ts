/**
 * Amazon Bedrock Converse and ConverseStream. Content blocks have no `type`: the member's name is the kind. Streams are AWS event
 * streams whose `:event-type` names the event.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (read 2026-11-21)
 */
import type { Message, ModelRequest, RequestType, ToolDefinition } from "../../model/model_call.ts";
import { addConverseBlock } from "./bedrock_converse_content.ts";
import { createConverseReader } from "./bedrock_converse_reader.ts";
import { decodeCountTokens } from "./bedrock_count_tokens.ts";
import { parseBedrockPath } from "./bedrock_path.ts";
import { createCountReader } from "./count_reader.ts";
import type { Dialect, RequestHead, RequestView } from "./dialect.ts";
import { asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact, isRecord } from "./json_value.ts";

const BLOCK_NAMES: readonly string[] = [
  "text",
  "toolUse",
  "toolResult",
  "image",
  "document",
  "video",
  "cachePoint",
  "reasoningContent",
  "guardContent",
];

/** Bedrock Converse. */
export const bedrockConverse: Dialect = {
  id: "bedrock_converse",
  summary: "Amazon Bedrock Converse, ConverseStream and CountTokens",
  stability: "stable",
  docsUrl: "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html",
  matchHead: (head) => {
    const operation = head.method === "POST" ? parseBedrockPath(head.path)?.operation : undefined;
    return operation?.startsWith("converse") || operation === "count-tokens" ? 1 : 0;
  },
  matchBody: (json) => {
    if (!Array.isArray(json["messages"])) return 0;
    if (isRecord(json["inferenceConfig"]) || isRecord(json["toolConfig"])) return 0.95;
    const blocks = asRecords(json["messages"]).flatMap((message) => asRecords(message["content"]));
    return blocks.some((block) => !("type" in block) && BLOCK_NAMES.some((name) => name in block)) ? 0.9 : 0;
  },
  matchAnswer: (json) => {
    if (asRecord(json?.["output"]) !== undefined && "stopReason" in (json ?? {})) return 0.95;
    // Inside InvokeModel the first event of a stream is a member, not a name.
    return asText(asRecord(json?.["messageStart"])?.["role"]) === undefined ? 0 : 0.9;
  },
  requestType,
  decodeRequest,
  createReader: (context) =>
    requestType(context.head) === "count_tokens"
      ? createCountReader(context, "inputTokens")
      : createConverseReader(context),
};

function requestType(head: RequestHead): RequestType {
  return parseBedrockPath(head.path)?.operation === "count-tokens" ? "count_tokens" : "chat";
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  if (requestType(view) === "chat") return decodeConverse(view);
  const request = decodeCountTokens(view, decodeConverse);
  const model = parseBedrockPath(view.path)?.model;
  if (request !== undefined && model !== undefined) request.model = model;
  return request;
}

function decodeConverse(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const path = parseBedrockPath(view.path);
  const messages = asRecords(json["messages"]).map(readMessage);
  const toolConfig = asRecord(json["toolConfig"]);
  return compact<ModelRequest>({
    requestType: "chat",
    model: path?.model ?? asText(json["modelId"]),
    isStreaming: path?.operation === "converse-stream",
    messages,
    messageCount: Array.isArray(json["messages"]) ? messages.length : undefined,
    systemPrompt: joinTexts(json["system"]),
    tools: readTools(toolConfig),
    toolChoice: Object.keys(asRecord(toolConfig?.["toolChoice"]) ?? {})[0],
    parameters: readParameters(json),
  });
}

function joinTexts(blocks: unknown): string | undefined {
  const texts = asRecords(blocks).map((block) => asText(block["text"])).filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : texts.join("\n");
}

function readMessage(message: JsonRecord): Message {
  const read: Message = { role: asText(message["role"]) ?? "user" };
  for (const block of asRecords(message["content"])) addConverseBlock(read, block, "\n");
  return read;
}

function readTools(toolConfig: JsonRecord | undefined): ToolDefinition[] {
  return asRecords(toolConfig?.["tools"]).flatMap((tool): ToolDefinition[] => {
    const spec = asRecord(tool["toolSpec"]);
    if (spec !== undefined) {
      return [compact<ToolDefinition>({
        name: asText(spec["name"]),
        type: "function",
        description: asText(spec["description"]),
      })];
    }
    const system = asRecord(tool["systemTool"]);
    return system === undefined ? [] : [compact<ToolDefinition>({ name: asText(system["name"]), type: "system" })];
  });
}

function readParameters(json: JsonRecord): Record<string, unknown> {
  const config = asRecord(json["inferenceConfig"]);
  const more = asRecord(json["additionalModelRequestFields"]);
  const format = asRecord(asRecord(json["outputConfig"])?.["textFormat"]);
  const found: Record<string, unknown> = {
    temperature: config?.["temperature"],
    // Nova inside InvokeModel also takes the names in the other spelling.
    top_p: config?.["topP"] ?? config?.["top_p"],
    max_tokens: config?.["maxTokens"] ?? config?.["max_new_tokens"],
    stop: asList(config?.["stopSequences"]).length > 0 ? config?.["stopSequences"] : undefined,
    top_k: config?.["topK"] ?? config?.["top_k"] ?? more?.["top_k"] ?? asRecord(more?.["inferenceConfig"])?.["topK"],
    reasoning_effort: readEffort(more),
    response_format: asText(format?.["type"]),
  };
  return compact<Record<string, unknown>>(found);
}

/** Each model family has its own name for how much it should think; they travel as fields Converse does not know. */
function readEffort(more: JsonRecord | undefined): string | undefined {
  const nested = [more?.["reasoning"], more?.["output_config"]].map((entry) => asText(asRecord(entry)?.["effort"]));
  return asText(more?.["reasoning_effort"]) ?? nested.find((effort) => effort !== undefined) ??
    asText(asRecord(more?.["reasoningConfig"])?.["maxReasoningEffort"]) ?? asText(more?.["reasoning_config"]);
}
