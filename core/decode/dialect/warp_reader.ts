/** Reads the events of Warp's agent: messages that are added, grow or change, why it ended, tokens by model. */
import type { Choice, Message, ModelError, ModelResponse, ToolCall } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asCount, asFilledText, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { asRecords, compact, sumCounts } from "./json_value.ts";
import { decodeBareError, decodeOpenAiError } from "./openai_error.ts";
import { readProto } from "./protobuf.ts";
import { WARP_EVENT } from "./warp_schema.ts";

/** Most messages of one answer that are kept. */
const MAX_MESSAGES = 4_096;
const NO_ERRORS: ReadonlySet<string> = new Set(["done", "other", "max_token_limit"]);

/** Creates the reader of one answer. */
export function createWarpReader(context: ResponseContext): ResponseReader {
  return new WarpReader(context);
}

/** A call of one of Warp's tools; those that its service runs itself say nothing else. */
export function toWarpCall(call: JsonRecord | undefined): ToolCall | undefined {
  const name = call === undefined ? undefined : Object.keys(call).find((key) => key !== "tool_call_id");
  if (call === undefined || name === undefined) return undefined;
  const isOfServer = name === "server";
  return compact<ToolCall>({
    id: asFilledText(call["tool_call_id"]),
    name,
    type: isOfServer ? "server" : "function",
    arguments: isOfServer ? undefined : asRecord(call[name]),
    isServerSide: isOfServer ? true : undefined,
  });
}

interface Said {
  content?: string;
  reasoning?: string;
  call?: ToolCall;
}

class WarpReader implements ResponseReader {
  readonly #context: ResponseContext;
  /** By the id of the message. */
  readonly #said = new Map<string, Said>();
  #requestId: string | undefined;
  #model: string | undefined;
  #finished: JsonRecord | undefined;
  #error: ModelError | undefined;
  #isStream = false;

  constructor(context: ResponseContext) {
    this.#context = context;
  }

  get hasEnded(): boolean | undefined {
    return this.#isStream ? this.#finished !== undefined : undefined;
  }

  message({ text }: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    if (this.#context.response.status >= 400) {
      const json = parseRecord(text);
      this.#error = decodeOpenAiError(json) ?? decodeBareError(json) ?? this.#error;
      return "meta";
    }
    const event = readEvent(text);
    if (event === undefined) return "meta";
    this.#isStream = true;
    this.#requestId = asFilledText(asRecord(event["init"])?.["request_id"]) ?? this.#requestId;
    const finished = asRecord(event["finished"]);
    if (finished !== undefined) {
      this.#finished = finished;
      return "end";
    }
    return this.#act(asRecords(asRecord(event["client_actions"])?.["actions"]));
  }

  finish(isComplete: boolean): ModelResponse {
    const reason = findReason(this.#finished);
    const tokens = asRecords(this.#finished?.["token_usage"]);
    const only = tokens.length === 1 ? asFilledText(tokens[0]?.["model_id"]) : undefined;
    return compact<ModelResponse>({
      requestId: this.#requestId,
      model: this.#model ?? only,
      choices: this.#toChoices(isComplete ? reason : undefined),
      usage: toUsage(tokens),
      error: this.#error ?? toError(reason, this.#finished),
    });
  }

  #act(actions: readonly JsonRecord[]): "token" | "meta" | StreamDelta {
    const before = this.#said.size;
    let content = "";
    let reasoning = "";
    const take = (message: JsonRecord | undefined, isMore: boolean) => {
      const piece = message === undefined ? undefined : this.#take(message, isMore);
      content += piece?.content ?? "";
      reasoning += piece?.reasoning ?? "";
    };
    for (const action of actions) {
      const added = asRecord(action["add_messages_to_task"]) ?? asRecord(asRecord(action["create_task"])?.["task"]);
      for (const message of asRecords(added?.["messages"])) take(message, false);
      this.#change(asRecord(asRecord(action["update_task_message"])?.["message"]));
      take(asRecord(asRecord(action["append_to_message_content"])?.["message"]), true);
    }
    if (content === "" && reasoning === "") return this.#said.size > before ? "token" : "meta";
    if (!this.#context.wantsDelta) return "token";
    return compact<StreamDelta>({ content: content || undefined, reasoning: reasoning || undefined });
  }

  /** Takes a new message, or what is added to one; gives what is new. */
  #take(message: JsonRecord, isMore: boolean): Said | undefined {
    const piece = this.#read(message);
    const id = asText(message["id"]) ?? "";
    const known = this.#said.get(id);
    if (piece === undefined || (known === undefined && this.#said.size >= MAX_MESSAGES)) return undefined;
    if (known === undefined || !isMore) this.#said.set(id, piece);
    else {
      if (piece.content !== undefined) known.content = (known.content ?? "") + piece.content;
      if (piece.reasoning !== undefined) known.reasoning = (known.reasoning ?? "") + piece.reasoning;
    }
    return piece;
  }

  /** A message may change in parts: what it does not name stays. */
  #change(message: JsonRecord | undefined): void {
    const piece = message === undefined ? undefined : this.#read(message);
    const id = asText(message?.["id"]) ?? "";
    const known = this.#said.get(id);
    if (piece !== undefined && (known !== undefined || this.#said.size < MAX_MESSAGES)) {
      this.#said.set(id, { ...known, ...piece });
    }
  }

  /** What the agent says; the service repeats the user's messages, which is nothing new. */
  #read(message: JsonRecord): Said | undefined {
    this.#model = asFilledText(asRecord(message["model_used"])?.["model_id"]) ?? this.#model;
    const said = compact<Said>({
      content: asText(asRecord(message["agent_output"])?.["text"]),
      reasoning: asText(asRecord(message["agent_reasoning"])?.["reasoning"]),
      call: toWarpCall(asRecord(message["tool_call"])),
    });
    return Object.keys(said).length === 0 ? undefined : said;
  }

  #toChoices(reason: string | undefined): Choice[] {
    const said = [...this.#said.values()];
    if (said.length === 0) return [];
    const toolCalls = said.flatMap(({ call }) => call ?? []);
    const isLong = reason === "max_token_limit";
    const isDone = reason === "done";
    return [compact<Choice>({
      index: 0,
      message: compact<Message>({
        role: "assistant",
        content: join(said.map(({ content }) => content)),
        reasoning: join(said.map((one) => one.reasoning)),
        toolCalls: toolCalls.length === 0 ? undefined : toolCalls,
      }),
      finishReason: isLong ? "length" : isDone ? toolCalls.some(isForClient) ? "tool_calls" : "stop" : undefined,
      rawFinishReason: reason,
    })];
  }
}

function isForClient({ isServerSide }: ToolCall): boolean {
  return isServerSide !== true;
}

function join(texts: readonly (string | undefined)[]): string | undefined {
  const known = texts.filter((text) => text !== undefined);
  return known.length === 0 ? undefined : known.join("\n");
}

/** Events are base64, in either alphabet, padded or not. */
function readEvent(text: string): JsonRecord | undefined {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return readProto(Uint8Array.from(binary, (character) => character.charCodeAt(0)), WARP_EVENT);
  } catch {
    return undefined;
  }
}

function findReason(finished: JsonRecord | undefined): string | undefined {
  return Object.keys(finished ?? {}).find((key) => key !== "token_usage");
}

function toError(reason: string | undefined, finished: JsonRecord | undefined): ModelError | undefined {
  if (reason === undefined || NO_ERRORS.has(reason)) return undefined;
  return compact<ModelError>({ type: reason, message: asFilledText(asRecord(finished?.[reason])?.["message"]) });
}

/** Of all models that had a part in the answer. */
function toUsage(tokens: readonly JsonRecord[]): Usage | undefined {
  if (tokens.length === 0) return undefined;
  const sum = (name: string) => sumCounts(...tokens.map((one) => asCount(one[name])));
  const inputTokens = sum("total_input");
  const outputTokens = sum("output");
  return compact<Usage>({
    inputTokens,
    outputTokens,
    totalTokens: inputTokens === undefined || outputTokens === undefined ? undefined : inputTokens + outputTokens,
    cachedTokens: sum("input_cache_read"),
    cacheWriteTokens: sum("input_cache_write"),
  });
}
