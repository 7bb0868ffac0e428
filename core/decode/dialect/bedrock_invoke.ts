/**
 * Amazon Bedrock InvokeModel: the body is the model vendor's own format, the model stands in the path. Streams are AWS event
 * streams whose frames carry the vendor's message as base64.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html (read 2026-11-21)
 */
import type { ModelRequest, RequestType } from "../../model/model_call.ts";
import { anthropicMessages } from "./anthropic_messages.ts";
import { bedrockConverse } from "./bedrock_converse.ts";
import { createInvokeReader } from "./bedrock_invoke_reader.ts";
import { bedrockText } from "./bedrock_text.ts";
import { parseBedrockPath } from "./bedrock_path.ts";
import { cohereEmbed } from "./cohere_embed.ts";
import type { Dialect, RequestHead, RequestView } from "./dialect.ts";
import { openaiChat } from "./openai_chat.ts";

/** Vendor formats by what the model id says; ids may carry a region prefix or be part of an ARN. The first that fits wins. */
const FORMATS: readonly { readonly model: RegExp; readonly dialect: Dialect }[] = [
  { model: /\banthropic\.claude/, dialect: anthropicMessages },
  { model: /\bcohere\.embed/, dialect: cohereEmbed },
  { model: /\bamazon\.nova-(?!.*embed)/, dialect: bedrockConverse },
  {
    model: /\b(?:openai\.|qwen\.|deepseek\.v|minimax\.|moonshot\.|zai\.|mistral\.(?:pixtral|magistral))/,
    dialect: openaiChat,
  },
];

/** The vendor format of a model; the plain text formats of Titan, Llama and Mistral where no other fits. */
export function findInvokeFormat(head: RequestHead): Dialect {
  const model = parseBedrockPath(head.path)?.model ?? "";
  return FORMATS.find((format) => format.model.test(model))?.dialect ?? bedrockText;
}

/** Bedrock InvokeModel and its streaming form. */
export const bedrockInvoke: Dialect = {
  id: "bedrock_invoke",
  summary: "Amazon Bedrock InvokeModel, in the format of the model's vendor",
  stability: "stable",
  docsUrl: "https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html",
  matchHead: (head) => {
    const operation = head.method === "POST" ? parseBedrockPath(head.path)?.operation : undefined;
    return operation?.startsWith("invoke") || operation === "count-tokens" ? 1 : 0;
  },
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType,
  decodeRequest,
  createReader: (context) => createInvokeReader(context, findInvokeFormat(context.head)),
};

function requestType(head: RequestHead): RequestType {
  const path = parseBedrockPath(head.path);
  if (path?.operation === "count-tokens") return "count_tokens";
  if (/embed/.test(path?.model ?? "")) return "embedding";
  return findInvokeFormat(head).requestType(head);
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const path = parseBedrockPath(view.path);
  const request = findInvokeFormat(view).decodeRequest(view);
  if (request === undefined) return undefined;
  return {
    ...request,
    requestType: requestType(view),
    ...(path !== undefined && { model: path.model, isStreaming: path.operation === "invoke-with-response-stream" }),
  };
}
