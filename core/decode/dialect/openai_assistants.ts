/**
 * Runs of OpenAI Assistants: creating one asks a model to answer a thread. Threads, messages and assistants themselves are
 * stored objects, not calls. A run that is not streamed is polled; the text it adds to its thread is fetched apart from it.
 *
 * @see https://platform.openai.com/docs/api-reference/runs (read 2026-11-21)
 */
import type { Message, ModelRequest } from "../../model/model_call.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { createRunReader } from "./openai_assistants_reader.ts";
import { decodeOpenAiMessages } from "./openai_message.ts";
import { decodeOpenAiTools, decodeParameters, decodeToolChoice } from "./openai_options.ts";

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
  createReader: createRunReader,
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
