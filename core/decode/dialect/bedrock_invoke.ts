/**
 * Amazon Bedrock InvokeModel: the body is the model vendor's own format, the model stands in the path. Streams are AWS event
 * streams whose frames carry the vendor's message as base64.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html (read 2026-11-21)
 */
import type { ModelRequest, RequestType } from "../../model/model_call.ts";
import { ai21Complete } from "./ai21_complete.ts";
import { anthropicComplete } from "./anthropic_complete.ts";
import { anthropicMessages } from "./anthropic_messages.ts";
import { bedrockConverse } from "./bedrock_converse.ts";
import { bedrockImage } from "./bedrock_image.ts";
import { createInvokeReader } from "./bedrock_invoke_reader.ts";
import { bedrockText } from "./bedrock_text.ts";
import { parseBedrockPath } from "./bedrock_path.ts";
import { cohereChat } from "./cohere_chat.ts";
import { cohereEmbed } from "./cohere_embed.ts";
import { cohereGenerate } from "./cohere_generate.ts";
import type { Dialect, RequestHead, RequestView } from "./dialect.ts";
import { asRecord } from "./json_access.ts";
import { openaiChat } from "./openai_chat.ts";
import { openaiCompletions } from "./openai_completions.ts";
import { rerank } from "./rerank.ts";

/** Vendor formats by what the model id says; ids may carry a region prefix or be part of an ARN. The first that fits wins. */
const FORMATS: readonly { readonly model: RegExp; readonly dialect: Dialect }[] = [
  { model: /\banthropic\.claude/, dialect: anthropicMessages },
  { model: /\bcohere\.embed/, dialect: cohereEmbed },
  { model: /\b(?:cohere|amazon)\.rerank/, dialect: rerank },
  { model: /\bcohere\.command-[ra]/, dialect: cohereChat },
  { model: /\bcohere\.command/, dialect: cohereGenerate },
  { model: /\bai21\.j2/, dialect: ai21Complete },
  { model: /\b(?:amazon\.(?:titan-image|nova-canvas)|stability\.)/, dialect: bedrockImage },
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

/** Formats of models whose name tells none, such as application inference profiles: body and answer decide. */
const NAMELESS: readonly Dialect[] = [
  anthropicMessages,
  cohereEmbed,
  bedrockConverse,
  bedrockImage,
  openaiChat,
  openaiCompletions,
];

/** A body that fits this well is in the format. */
const CLEAR = 0.8;

/** The format of a body: a vendor's older one where only the body tells, chat completions for other models that take messages. */
function findRequestFormat(view: RequestView): Dialect {
  const format = findInvokeFormat(view);
  const json = asRecord(view.json);
  if (format === anthropicMessages && typeof json?.["prompt"] === "string") return anthropicComplete;
  if (format !== bedrockText || json === undefined) return format;
  const clear = NAMELESS.find((other) => other.matchBody(json, view) >= CLEAR);
  return clear ?? (Array.isArray(json["messages"]) ? openaiChat : format);
}

/** Formats that a model may answer in beside the one its name tells; the answer decides. */
function findAnswerFormats(format: Dialect): readonly Dialect[] {
  if (format === anthropicMessages) return [anthropicComplete];
  return format === bedrockText ? NAMELESS : [];
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
  createReader: (context) => {
    const format = findInvokeFormat(context.head);
    return createInvokeReader(context, format, findAnswerFormats(format));
  },
};

function requestType(head: RequestHead): RequestType {
  const path = parseBedrockPath(head.path);
  if (path?.operation === "count-tokens") return "count_tokens";
  if (/embed/.test(path?.model ?? "")) return "embedding";
  return findInvokeFormat(head).requestType(head);
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const path = parseBedrockPath(view.path);
  const request = findRequestFormat(view).decodeRequest(view);
  if (request === undefined) return undefined;
  const pathType = requestType(view);
  return {
    ...request,
    requestType: pathType === "count_tokens" || pathType === "embedding" ? pathType : request.requestType,
    ...(path !== undefined && { model: path.model, isStreaming: path.operation === "invoke-with-response-stream" }),
  };
}
