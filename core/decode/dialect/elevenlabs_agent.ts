/**
 * Agents of ElevenLabs over a WebSocket: one call per answer of the agent's model. What the user typed or said, notes and results of
 * tools since the last answer make the request; sound is never kept. Which model it is, the vendor tells only where the client chose
 * it or the agent is set up to tell; tokens are never told.
 *
 * @see https://elevenlabs.io/docs/conversational-ai/customization/events/client-events (read 2026-11-21)
 */
import type { ModelRequest } from "../../model/model_call.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { createElevenlabsReader } from "./elevenlabs_agent_reader.ts";
import { asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { RealtimeItems } from "./openai_realtime_items.ts";
import { decodeResponsesRequest } from "./openai_responses_request.ts";
import { hasPathEnd } from "./path_end.ts";
import type { SocketDialect, TurnReader, TurnStep } from "./socket_dialect.ts";

const agentTurn: Dialect = {
  id: "elevenlabs_agent",
  summary: "Agents of ElevenLabs, one call per answer",
  stability: "experimental",
  docsUrl: "https://elevenlabs.io/docs/conversational-ai/customization/events/client-events",
  matchHead: () => 0,
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "realtime",
  decodeRequest,
  createReader: createElevenlabsReader,
};

/** Agents of ElevenLabs. */
export const elevenlabsAgent: SocketDialect = {
  id: "elevenlabs_agent",
  summary: agentTurn.summary,
  stability: "experimental",
  docsUrl: agentTurn.docsUrl,
  dialect: agentTurn,
  matchHead: (head) => hasPathEnd(head.path, "convai/conversation"),
  createTurns: () => new AgentTurns(),
};

/** The request that `AgentTurns` makes has the shape of Responses. */
function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  const request = json === undefined ? undefined : decodeResponsesRequest(json);
  if (request === undefined) return undefined;
  const session = asFilledText(json?.["session_id"]);
  return {
    ...request,
    requestType: "realtime",
    ...(json?.["has_history"] === true && { isDelta: true }),
    ...(session !== undefined && { sessionKeys: { conversation: session } }),
  };
}

/** Events that bring what the model answers. */
const ANSWERS: ReadonlySet<string> = new Set(["agent_response", "client_tool_call", "agent_tool_response"]);

class AgentTurns implements TurnReader {
  readonly #items = new RealtimeItems();
  #settings: JsonRecord = {};
  #session: string | undefined;
  #hasHistory = false;
  /** Something was said, typed or found since the last request. */
  #hasInput = false;
  /** When the client asked; undefined where the server heard it. */
  #askedNs: number | undefined;
  /** A call is under way. */
  #isOpen = false;

  client(json: JsonRecord, timeNs = 0): undefined {
    const type = asText(json["type"]);
    if (type === "conversation_initiation_client_data") this.#settings = toSettings(json);
    else if (type === "contextual_update") this.#add("contextual_update", json["text"]);
    else if (type === "user_message" && this.#add("user", json["text"])) this.#ask(timeNs);
    else if (type === "client_tool_result") {
      const { tool_call_id: callId, result: output, is_error: isError } = json;
      const status = isError === true ? "failed" : undefined;
      this.#items.add(compact({ type: "function_call_output", call_id: callId, output, status }));
      this.#ask(timeNs);
    }
  }

  server(json: JsonRecord, text: string): TurnStep | undefined {
    const type = asText(json["type"]) ?? "";
    if (type === "conversation_initiation_metadata") {
      this.#session = asFilledText(asRecord(json["conversation_initiation_metadata_event"])?.["conversation_id"]);
    } else if (type === "user_transcript") {
      const said = asRecord(json["user_transcription_event"])?.["user_transcript"];
      if (this.#add("user", said, [{ type: "input_audio" }])) this.#ask(undefined);
    } else if (type === "context_usage") return this.#end(text);
    else if (ANSWERS.has(type) && !isOwnResult(json)) return this.#answer(text);
    return undefined;
  }

  close(isOrderly: boolean): TurnStep | undefined {
    if (this.#hasInput) return { ...this.#begin(), ...(this.#isOpen && { endsEarlier: isOrderly }) };
    return this.#isOpen && isOrderly ? { isEnd: true } : undefined;
  }

  #answer(answer: string): TurnStep | undefined {
    // What an agent says before anybody else does is the same for all: no model made it.
    if (!this.#hasHistory && !this.#hasInput) return undefined;
    if (this.#isOpen && !this.#hasInput) return { answer };
    const endsEarlier = this.#isOpen;
    return { ...this.#begin(), ...(endsEarlier && { endsEarlier }), answer };
  }

  /** What the conversation fills of the model is told once the answer is whole. */
  #end(answer: string): TurnStep | undefined {
    if (!this.#isOpen) return undefined;
    this.#isOpen = false;
    return { answer, isEnd: true };
  }

  #begin(): TurnStep {
    const request = compact<JsonRecord>({
      ...this.#settings,
      input: this.#items.release(),
      stream: true,
      session_id: this.#session,
      has_history: this.#hasHistory || undefined,
    });
    const requestNs = this.#askedNs;
    this.#hasHistory = true;
    this.#hasInput = false;
    this.#askedNs = undefined;
    this.#isOpen = true;
    return { request, ...(requestNs === undefined ? { isUnasked: true } : { requestNs }) };
  }

  #ask(timeNs: number | undefined): void {
    this.#hasInput = true;
    this.#askedNs = timeNs;
  }

  /** Adds a text; false where there is none. */
  #add(role: string, value: unknown, parts: readonly JsonRecord[] = []): boolean {
    const text = asFilledText(value);
    if (text === undefined) return false;
    this.#items.add({ type: "message", role, content: [...parts, { type: "input_text", text }] });
    return true;
  }
}

/** The vendor repeats that a tool of the client has run. */
function isOwnResult(json: JsonRecord): boolean {
  return asRecord(json["agent_tool_response"])?.["tool_type"] === "client";
}

/** What the client sets of the agent for this conversation. */
function toSettings(json: JsonRecord): JsonRecord {
  const agent = asRecord(asRecord(json["conversation_config_override"])?.["agent"]);
  const prompt = asRecord(agent?.["prompt"]);
  return compact<JsonRecord>({ model: asFilledText(prompt?.["llm"]), instructions: asFilledText(prompt?.["prompt"]) });
}
