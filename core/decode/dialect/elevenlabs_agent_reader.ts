/** Reads what an agent of ElevenLabs answers: its text, calls of tools, and tools that the vendor ran. */
import type { Message, ModelResponse, ToolResult } from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asFilledText, asRecord, type JsonRecord, parseRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";

/** Creates the reader. */
export function createElevenlabsReader(context: ResponseContext): ResponseReader {
  return new AgentReader(context.wantsDelta);
}

class AgentReader implements ResponseReader {
  readonly #wantsDelta: boolean;
  readonly #message: Message = { role: "assistant" };
  readonly #results: ToolResult[] = [];
  #model: string | undefined;
  #id: string | undefined;

  constructor(wantsDelta: boolean) {
    this.#wantsDelta = wantsDelta;
  }

  message(message: BodyMessage): "token" | "meta" | StreamDelta {
    const json = parseRecord(message.text);
    this.#model ??= asFilledText(asRecord(json?.["context_usage_event"])?.["model"]);
    const hasCall = this.#takeCall(asRecord(json?.["client_tool_call"])) ||
      this.#takeRun(asRecord(json?.["agent_tool_response"]));
    const content = this.#takeText(asRecord(json?.["agent_response_event"]));
    if (content === undefined && !hasCall) return "meta";
    return this.#wantsDelta ? compact<StreamDelta>({ content }) : "token";
  }

  finish(_isComplete: boolean): ModelResponse {
    const hasMessage = this.#message.content !== undefined || this.#message.toolCalls !== undefined;
    return compact<ModelResponse>({
      requestId: this.#id,
      model: this.#model,
      choices: hasMessage ? [{ index: 0, message: this.#message }] : [],
      toolResults: this.#results.length > 0 ? this.#results : undefined,
    });
  }

  #takeText(json: JsonRecord | undefined): string | undefined {
    const text = asFilledText(json?.["agent_response"]);
    if (text === undefined) return undefined;
    this.#id ??= asFilledText(json?.["response_id"]);
    const piece = this.#message.content === undefined ? text : `\n${text}`;
    this.#message.content = (this.#message.content ?? "") + piece;
    return piece;
  }

  #takeCall(json: JsonRecord | undefined): boolean {
    const name = asFilledText(json?.["tool_name"]);
    if (json === undefined || name === undefined) return false;
    const id = asFilledText(json["tool_call_id"]);
    (this.#message.toolCalls ??= []).push(compact({ id, name, type: "function", arguments: json["parameters"] }));
    return true;
  }

  /** A tool that the vendor ran; what was asked of it and what came of it stays with the vendor. */
  #takeRun(json: JsonRecord | undefined): boolean {
    const name = asFilledText(json?.["tool_name"]);
    if (json === undefined || name === undefined) return false;
    const id = asFilledText(json["tool_call_id"]);
    (this.#message.toolCalls ??= []).push(compact({ id, name, type: "server", isServerSide: true }));
    const isError = json["is_error"] === true || undefined;
    this.#results.push(compact<ToolResult>({ callId: id, name, isServerSide: true, isError }));
    return true;
  }
}
