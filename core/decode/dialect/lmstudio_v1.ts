/**
 * LM Studio's own chat, version 1: one input, tools run by the server, the conversation kept by it. Its version 0 speaks OpenAI's
 * formats and is read as those.
 *
 * @see https://lmstudio.ai/docs/developer/rest/chat (read 2026-11-21)
 */
import type { ModelRequest } from "../../model/model_call.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { asFilledText, asRecord, asText } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { createLmstudioReader } from "./lmstudio_v1_reader.ts";
import { decodeParameters } from "./openai_options.ts";
import { hasPathEnd } from "./path_end.ts";

/** LM Studio chat. */
export const lmstudioV1: Dialect = {
  id: "lmstudio_v1",
  summary: "LM Studio's own chat",
  stability: "experimental",
  docsUrl: "https://lmstudio.ai/docs/developer/rest/chat",
  matchHead: (head) => (head.method === "POST" && hasPathEnd(head.path, "api/v1/chat") ? 0.5 : 0),
  matchBody: (json, head) =>
    hasPathEnd(head.path, "api/v1/chat") && json["input"] !== undefined && typeof json["model"] === "string" ? 0.85 : 0,
  matchAnswer: (json) => (typeof json?.["model_instance_id"] === "string" && Array.isArray(json["output"]) ? 0.95 : 0),
  requestType: () => "chat",
  decodeRequest,
  createReader: createLmstudioReader,
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined || json["input"] === undefined) return undefined;
  const input = asText(json["input"]);
  const effort = asFilledText(json["reasoning"]);
  return compact<ModelRequest>({
    requestType: "chat",
    model: asFilledText(json["model"]),
    isStreaming: json["stream"] === true,
    messages: input === undefined ? [] : [{ role: "user", content: input }],
    messageCount: input === undefined ? undefined : 1,
    systemPrompt: asFilledText(json["system_prompt"]),
    isDelta: json["previous_response_id"] === undefined ? undefined : true,
    previousResponseId: asFilledText(json["previous_response_id"]),
    tools: asRecords(json["integrations"]).map((tool) =>
      compact({
        name: asFilledText(tool["id"]),
        type: asFilledText(tool["type"]) ?? "plugin",
        server: asFilledText(tool["server_label"]),
      })
    ),
    parameters: compact<Record<string, unknown>>({ ...decodeParameters(json), reasoning_effort: effort }),
  });
}
