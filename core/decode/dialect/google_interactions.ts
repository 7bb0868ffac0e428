/**
 * Google's Interactions API: a text, a list of parts or a list of turns in, steps out.
 *
 * @see https://ai.google.dev/api/interactions-api (read 2026-11-21)
 */
import type { Message, ModelRequest, ToolDefinition } from "../../model/model_call.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { addInteractionItem } from "./google_interactions_item.ts";
import { createInteractionsReader } from "./google_interactions_reader.ts";
import { asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";

/** Google Interactions. */
export const googleInteractions: Dialect = {
  id: "google_interactions",
  summary: "Google Interactions",
  stability: "experimental",
  docsUrl: "https://ai.google.dev/api/interactions-api",
  matchHead: (head) => (head.method === "POST" && hasPathEnd(head.path, "interactions") ? 0.85 : 0),
  matchBody: () => 0,
  matchAnswer: (json) => {
    if (json?.["object"] === "interaction") return 0.95;
    return asText(json?.["event_type"])?.startsWith("interaction.") ? 0.9 : 0;
  },
  requestType: () => "chat",
  decodeRequest,
  createReader: createInteractionsReader,
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const messages = readInput(json["input"]);
  const previous = asFilledText(json["previous_interaction_id"]);
  return compact<ModelRequest>({
    requestType: "chat",
    model: asFilledText(json["model"]) ?? asFilledText(json["agent"]),
    isStreaming: json["stream"] === true,
    messages,
    messageCount: json["input"] === undefined ? undefined : messages.length,
    isDelta: previous === undefined ? undefined : true,
    previousResponseId: previous,
    systemPrompt: asFilledText(json["system_instruction"]),
    tools: asRecords(json["tools"]).map(readTool),
    parameters: readParameters(asRecord(json["generation_config"])),
  });
}

/** A bare text is one user message; turns carry roles, steps their kind; anything else is the parts of one user message. */
function readInput(input: unknown): Message[] {
  if (typeof input === "string") return [{ role: "user", content: input }];
  const items = Array.isArray(input) ? asRecords(input) : asRecords([input]);
  if (items.some((item) => typeof item["role"] === "string")) return items.map(readTurn);
  if (items.some(({ type }) => type === "user_input" || type === "model_output")) return items.map(readStep);
  if (items.length === 0) return [];
  const message: Message = { role: "user" };
  for (const item of items) addInteractionItem(message, item, "\n");
  return [message];
}

/** A conversation may be sent as the steps it was made of: what is no input and no result came from the model. */
function readStep(step: JsonRecord): Message {
  const type = asText(step["type"]);
  const message: Message = { role: type === "user_input" || type === "function_result" ? "user" : "model" };
  addInteractionItem(message, step, "\n");
  return message;
}

function readTurn(turn: JsonRecord): Message {
  const message: Message = { role: asText(turn["role"]) ?? "user" };
  const { content } = turn;
  if (typeof content === "string") message.content = content;
  else {for (const item of Array.isArray(content) ? asRecords(content) : asRecords([content])) {
      addInteractionItem(message, item, "\n");
    }}
  return message;
}

function readTool(tool: JsonRecord): ToolDefinition {
  return compact<ToolDefinition>({
    name: asFilledText(tool["name"]),
    type: asFilledText(tool["type"]) ?? "function",
    description: asText(tool["description"]),
  });
}

function readParameters(config: JsonRecord | undefined): Record<string, unknown> {
  return compact<Record<string, unknown>>({
    temperature: config?.["temperature"],
    top_p: config?.["top_p"],
    top_k: config?.["top_k"],
    max_tokens: config?.["max_output_tokens"],
    stop: config?.["stop_sequences"],
    seed: config?.["seed"],
    reasoning_effort: config?.["thinking_level"],
  });
}
