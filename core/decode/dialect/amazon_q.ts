/**
 * Amazon Q Developer, CodeWhisperer and Kiro: a conversation in, an AWS event stream out. There is no reference of the API; the names
 * are those of the vendor's open source clients.
 *
 * @see https://github.com/aws/amazon-q-developer-cli, crates/amzn-codewhisperer-streaming-client, and
 *   https://github.com/aws/language-servers, core/codewhisperer-streaming (read 2026-11-21)
 */
import type { Message, ModelRequest, ToolDefinition } from "../../model/model_call.ts";
import { createAmazonQReader } from "./amazon_q_reader.ts";
import { addConverseBlock } from "./bedrock_converse_content.ts";
import type { Dialect, RequestHead, RequestView } from "./dialect.ts";
import { asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";

/** Operations in the path, and in the header of the form that has no path. */
const PATH_ENDS = ["generateAssistantResponse", "SendMessageStreaming"] as const;
const TARGET = /^Amazon(?:CodeWhisperer|QDeveloper)StreamingService\.(?:GenerateAssistantResponse|SendMessage)$/;

/** Amazon Q. */
export const amazonQ: Dialect = {
  id: "amazon_q",
  summary: "Amazon Q Developer, CodeWhisperer and Kiro: chat, as their open source clients speak it",
  stability: "experimental",
  docsUrl: "https://github.com/aws/amazon-q-developer-cli",
  matchHead: (head) => (head.method === "POST" && isChat(head) ? 0.95 : 0),
  matchBody: (json) =>
    asRecord(asRecord(asRecord(json["conversationState"])?.["currentMessage"])?.["userInputMessage"]) === undefined
      ? 0
      : 0.9,
  matchAnswer: () => 0,
  requestType: () => "chat",
  decodeRequest,
  createReader: createAmazonQReader,
};

function isChat(head: RequestHead): boolean {
  return TARGET.test(head.headers.get("x-amz-target") ?? "") || PATH_ENDS.some((end) => hasPathEnd(head.path, end));
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const state = asRecord(asRecord(view.json)?.["conversationState"]);
  const current = asRecord(state?.["currentMessage"]);
  if (state === undefined || current === undefined) return undefined;
  const input = asRecord(current["userInputMessage"]);
  const messages = [...asRecords(state["history"]), current].flatMap((entry) => readMessage(entry) ?? []);
  const conversation = asFilledText(state["conversationId"]);
  return compact<ModelRequest>({
    requestType: "chat",
    model: asFilledText(input?.["modelId"]),
    isStreaming: true,
    messages,
    messageCount: messages.length,
    tools: asRecords(asRecord(input?.["userInputMessageContext"])?.["tools"]).map(readTool),
    parameters: {},
    sessionKeys: conversation === undefined ? undefined : { conversation },
  });
}

function readMessage(entry: JsonRecord): Message | undefined {
  const input = asRecord(entry["userInputMessage"]);
  if (input !== undefined) return readInput(input);
  const said = asRecord(entry["assistantResponseMessage"]);
  if (said === undefined) return undefined;
  const message = compact<Message>({ role: "assistant", content: asText(said["content"]) });
  for (const toolUse of asRecords(said["toolUses"])) addConverseBlock(message, { toolUse }, "");
  return message;
}

function readInput(input: JsonRecord): Message {
  const images = asRecords(input["images"]).length;
  const message = compact<Message>({
    role: "user",
    content: asText(input["content"]),
    imageCount: images > 0 ? images : undefined,
  });
  const context = asRecord(input["userInputMessageContext"]);
  for (const toolResult of asRecords(context?.["toolResults"])) addConverseBlock(message, { toolResult }, "");
  return message;
}

function readTool(tool: JsonRecord): ToolDefinition {
  const specification = asRecord(tool["toolSpecification"]);
  return compact<ToolDefinition>({
    name: asFilledText(specification?.["name"]),
    type: "function",
    description: asText(specification?.["description"]),
  });
}
