/**
 * Amazon Bedrock agents and knowledge bases: one text in, an answer in frames or in one document out. What the agent asked its
 * models in between is traced by the service where the client asks for it, and is no message of this call; what those models
 * used is: the traces name the tokens of each of them.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_InvokeAgent.html (read 2026-11-21)
 */
import { Buffer } from "node:buffer";
import type {
  Choice,
  Message,
  ModelError,
  ModelRequest,
  ModelResponse,
  ToolCall,
  ToolDefinition,
  ToolResult,
} from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { Dialect, RequestView, ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asCount, asFilledText, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { asRecords, compact, sumCounts } from "./json_value.ts";

const AGENT_PATH = /\/agents\/[^/]+\/agentAliases\/[^/]+\/sessions\/([^/]+)\/text$/;
/** An agent that the request itself describes. */
const INLINE_PATH = /^\/agents\/([^/]+)$/;
const BASE_PATH = /\/retrieveAndGenerate(?:Stream)?$/;

/** What a guardrail says when it changed or blocked something. */
const INTERVENED = "INTERVENED";

/** Amazon Bedrock agents. */
export const bedrockAgent: Dialect = {
  id: "bedrock_agent",
  summary: "Amazon Bedrock InvokeAgent, InvokeInlineAgent and RetrieveAndGenerate",
  stability: "experimental",
  docsUrl: "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_InvokeAgent.html",
  matchHead: (head) => {
    if (head.method !== "POST") return 0;
    if (AGENT_PATH.test(head.path) || BASE_PATH.test(head.path)) return 0.9;
    // Enough only on a host whose row lists this format.
    return INLINE_PATH.test(head.path) ? 0.3 : 0;
  },
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "chat",
  decodeRequest,
  createReader: (context) => new AgentReader(context),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const isInline = INLINE_PATH.test(view.path);
  const session = (AGENT_PATH.exec(view.path) ?? INLINE_PATH.exec(view.path))?.[1] ?? asFilledText(json["sessionId"]);
  const settings = asRecord(json["retrieveAndGenerateConfiguration"]);
  const source = asRecord(settings?.["knowledgeBaseConfiguration"]) ??
    asRecord(settings?.["externalSourcesConfiguration"]);
  const text = asText(json["inputText"]) ?? asText(asRecord(json["input"])?.["text"]);
  const results = toResults(asRecord(json["sessionState"]));
  const message = compact<Message>({
    role: "user",
    content: text,
    toolResults: results.length === 0 ? undefined : results,
  });
  return compact<ModelRequest>({
    requestType: "chat",
    model: toModel(asFilledText(source?.["modelArn"]) ?? asFilledText(json["foundationModel"])),
    isStreaming: isInline || AGENT_PATH.test(view.path) || view.path.endsWith("Stream"),
    messages: text === undefined && results.length === 0 ? [] : [message],
    isDelta: true,
    systemPrompt: isInline ? asFilledText(json["instruction"]) : undefined,
    tools: asRecords(json["actionGroups"]).flatMap(toTools),
    parameters: {},
    sessionKeys: session === undefined ? undefined : { session },
  });
}

/** `arn:…:foundation-model/ID`; a profile's or a deployment's name names no model. */
function toModel(arn: string | undefined): string | undefined {
  if (arn === undefined || !arn.startsWith("arn:")) return arn;
  return /:foundation-model\/(.+)$/.exec(arn)?.[1];
}

/** The functions that a group of actions describes; an API description that lies elsewhere names none. */
function toTools(group: JsonRecord): ToolDefinition[] {
  return asRecords(asRecord(group["functionSchema"])?.["functions"]).map((tool) =>
    compact<ToolDefinition>({
      name: asFilledText(tool["name"]),
      type: "function",
      description: asFilledText(tool["description"]),
    })
  );
}

/** What the client gives back after it ran a call for the agent. */
function toResults(state: JsonRecord | undefined): ToolResult[] {
  const callId = asFilledText(state?.["invocationId"]);
  return asRecords(state?.["returnControlInvocationResults"]).flatMap((one) => {
    const result = asRecord(one["functionResult"]) ?? asRecord(one["apiResult"]);
    if (result === undefined) return [];
    const bodies = Object.values(asRecord(result["responseBody"]) ?? {});
    return [compact<ToolResult>({
      callId,
      name: asFilledText(result["function"]) ?? asFilledText(result["apiPath"]),
      content: asText(asRecord(bodies[0])?.["body"]),
      isError: result["responseState"] === "FAILURE" ? true : undefined,
    })];
  });
}

class AgentReader implements ResponseReader {
  readonly #context: ResponseContext;
  readonly #message: Message = { role: "assistant" };
  readonly #models = new Set<string>();
  #usage: Usage | undefined;
  #hasMessage = false;
  #isGuarded = false;
  #error: ModelError | undefined;

  constructor(context: ResponseContext) {
    this.#context = context;
  }

  message(message: BodyMessage): "token" | "meta" | StreamDelta {
    const json = parseRecord(message.text);
    if (json === undefined) return "meta";
    const { headers, name } = message;
    if (headers?.get(":message-type") === "exception" || this.#context.response.status >= 400) {
      this.#error = compact<ModelError>({
        type: headers?.get(":exception-type") ?? this.#context.response.headers.get("x-amzn-errortype")?.split(":")[0],
        message: asFilledText(json["message"]) ?? asFilledText(json["Message"]),
      });
      return "meta";
    }
    if (name === "trace") return this.#trace(asRecord(json["trace"]));
    if (json["guardrailAction"] === INTERVENED || (name === "guardrail" && json["action"] === INTERVENED)) {
      this.#isGuarded = true;
    }
    if (name === "returnControl") return this.#handBack(json);
    const bytes = asText(json["bytes"]);
    if (name === "chunk" && bytes !== undefined) return this.#append(Buffer.from(bytes, "base64").toString("utf8"));
    // A knowledge base answers with `output.text` in a document, and with `text` in frames.
    return this.#append(
      asText(asRecord(json["output"])?.["text"]) ?? (name === "output" ? asText(json["text"]) : undefined),
    );
  }

  finish(_isComplete: boolean): ModelResponse {
    return compact<ModelResponse>({
      requestId: this.#context.response.headers.get("x-amzn-requestid"),
      model: this.#models.size === 1 ? [...this.#models][0] : undefined,
      usage: this.#usage,
      choices: this.#hasMessage ? [this.#toChoice()] : [],
      error: this.#error,
    });
  }

  /** `{orchestrationTrace:{modelInvocationInput|modelInvocationOutput:{…}}}`, also `preProcessingTrace` and others. */
  #trace(trace: JsonRecord | undefined): "meta" {
    if (asRecord(trace?.["guardrailTrace"])?.["action"] === INTERVENED) this.#isGuarded = true;
    for (const step of Object.values(trace ?? {})) {
      const model = toModel(asFilledText(asRecord(asRecord(step)?.["modelInvocationInput"])?.["foundationModel"]));
      if (model !== undefined && this.#models.size < 2) this.#models.add(model);
      const metadata = asRecord(asRecord(asRecord(step)?.["modelInvocationOutput"])?.["metadata"]);
      this.#use(asRecord(metadata?.["usage"]));
    }
    return "meta";
  }

  #use(usage: JsonRecord | undefined): void {
    const input = asCount(usage?.["inputTokens"]);
    const output = asCount(usage?.["outputTokens"]);
    if (input === undefined || output === undefined) return;
    const inputTokens = sumCounts(this.#usage?.inputTokens, input) ?? input;
    const outputTokens = sumCounts(this.#usage?.outputTokens, output) ?? output;
    this.#usage = { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
  }

  /** Why an agent stopped is not said, except when a guardrail stopped it. */
  #toChoice(): Choice {
    const choice: Choice = { index: 0, message: this.#message };
    return this.#isGuarded ? { ...choice, finishReason: "content_filter", rawFinishReason: INTERVENED } : choice;
  }

  #append(text: string | undefined): "token" | "meta" | StreamDelta {
    if (text === undefined) return "meta";
    this.#hasMessage = true;
    this.#message.content = (this.#message.content ?? "") + text;
    return this.#context.wantsDelta ? { content: text } : "token";
  }

  #handBack(json: JsonRecord): "token" {
    const id = asFilledText(json["invocationId"]);
    for (const input of asRecords(json["invocationInputs"])) {
      const call = asRecord(input["functionInvocationInput"]) ?? asRecord(input["apiInvocationInput"]);
      if (call === undefined) continue;
      const given = asRecords(call["parameters"]).map(({ name, value }) => [asText(name) ?? "", value]);
      (this.#message.toolCalls ??= []).push(compact<ToolCall>({
        id,
        name: asText(call["function"]) ?? asText(call["apiPath"]) ?? "",
        type: "function",
        arguments: Object.fromEntries(given),
      }));
    }
    this.#hasMessage = true;
    return "token";
  }
}
