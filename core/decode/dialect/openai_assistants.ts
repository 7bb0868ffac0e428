/**
 * Runs of OpenAI Assistants: creating one asks a model to answer a thread. Threads, messages and assistants themselves are
 * stored objects, not calls; the answer's text is fetched later and is not part of the run.
 *
 * @see https://platform.openai.com/docs/api-reference/runs (read 2026-11-21)
 */
import type { Message, ModelRequest, ModelResponse, ToolCall } from "../../model/model_call.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { decodeOpenAiMessages } from "./openai_message.ts";
import { decodeOpenAiTools, decodeParameters, decodeToolChoice } from "./openai_options.ts";
import { decodeOpenAiUsage } from "./openai_usage.ts";
import { toToolCall } from "./tool_call_builder.ts";

const RUN_PATH = /\/threads\/(?:[^/]+\/)?runs$/;
const OUTPUTS_PATH = /\/threads\/[^/]+\/runs\/[^/]+\/submit_tool_outputs$/;

/** Runs of OpenAI Assistants. */
export const openaiAssistants: Dialect = {
  id: "openai_assistants",
  summary: "Runs of OpenAI Assistants",
  stability: "experimental",
  docsUrl: "https://platform.openai.com/docs/api-reference/runs",
  matchHead: (
    head,
  ) => (head.method === "POST" && (RUN_PATH.test(head.path) || OUTPUTS_PATH.test(head.path)) ? 0.85 : 0),
  matchBody: () => 0,
  matchAnswer: (json) => (json?.["object"] === "thread.run" ? 0.9 : 0),
  requestType: () => "chat",
  decodeRequest,
  createReader: (context) => createDocumentReader(context, (json) => readRun(json, context.quirks)),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const thread = asRecord(json["thread"]);
  const stored = asRecords(json["additional_messages"] ?? thread?.["messages"]);
  const messages = OUTPUTS_PATH.test(view.path) ? readOutputs(json) : decodeOpenAiMessages(stored);
  return compact<ModelRequest>({
    requestType: "chat",
    model: asFilledText(json["model"]),
    isStreaming: json["stream"] === true,
    messages,
    isDelta: true,
    systemPrompt: asFilledText(json["instructions"]),
    tools: decodeOpenAiTools(json),
    toolChoice: decodeToolChoice(json["tool_choice"]),
    parameters: decodeParameters(json),
  });
}

function readOutputs(json: JsonRecord): Message[] {
  const toolResults = asRecords(json["tool_outputs"]).map((output) =>
    compact({ callId: asFilledText(output["tool_call_id"]), content: asText(output["output"]) })
  );
  return toolResults.length === 0 ? [] : [{ role: "tool", toolResults }];
}

function readRun(json: JsonRecord, quirks: readonly string[]): Partial<ModelResponse> {
  if (json["object"] !== "thread.run") return {};
  const asked = asRecord(asRecord(json["required_action"])?.["submit_tool_outputs"]);
  const toolCalls = asRecords(asked?.["tool_calls"]).map(readToolCall);
  const failed = asRecord(json["last_error"]);
  return compact<Partial<ModelResponse>>({
    requestId: asFilledText(json["id"]),
    model: asFilledText(json["model"]),
    isAccepted: true,
    choices: toolCalls.length === 0
      ? undefined
      : [{ index: 0, message: { role: "assistant", toolCalls }, finishReason: "tool_calls" }],
    usage: decodeOpenAiUsage(json["usage"], quirks),
    error: failed === undefined
      ? undefined
      : compact({ code: asFilledText(failed["code"]), message: asFilledText(failed["message"]) }),
  });
}

function readToolCall(call: JsonRecord): ToolCall {
  const named = asRecord(call["function"]);
  const facts = {
    id: asFilledText(call["id"]),
    name: asText(named?.["name"]) ?? "",
    type: asFilledText(call["type"]) ?? "function",
  };
  return toToolCall(facts, asText(named?.["arguments"]) ?? "", true);
}
