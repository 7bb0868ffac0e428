/**
 * Reads answers about runs of OpenAI Assistants: the run as one document, where a poll may bring its outcome, or the events of a
 * streamed run, which carry the run, its steps and its messages.
 *
 * @see https://platform.openai.com/docs/api-reference/assistants-streaming/events (read 2026-11-21)
 */
import type {
  FinishReason,
  Message,
  ModelError,
  ModelResponse,
  PendingWork,
  ToolCall,
} from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import { onSameHost, toPendingWork } from "./address.ts";
import type { RequestHead, ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asFilledText, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { decodeBareError, decodeOpenAiError } from "./openai_error.ts";
import { decodeOpenAiUsage } from "./openai_usage.ts";
import { toToolCall } from "./tool_call_builder.ts";
import { toWordTable } from "./word_table.ts";

const UNDER_WAY: ReadonlySet<string> = new Set(["queued", "in_progress", "cancelling"]);
const FAILED: ReadonlySet<string> = new Set(["failed", "cancelled", "expired"]);
const FINISHES = toWordTable<FinishReason>({
  completed: "stop",
  requires_action: "tool_calls",
  max_completion_tokens: "length",
  max_prompt_tokens: "length",
  content_filter: "content_filter",
});

/** Creates the reader of one answer about a run. */
export function createRunReader(context: ResponseContext): ResponseReader {
  return new RunReader(context);
}

class RunReader implements ResponseReader {
  readonly #context: ResponseContext;
  /** Texts of the messages that the run adds to its thread, by message id. */
  readonly #texts = new Map<string, string>();
  readonly #serverCalls: ToolCall[] = [];
  #run: JsonRecord | undefined;
  #error: ModelError | undefined;
  #isStreamed = false;

  constructor(context: ResponseContext) {
    this.#context = context;
  }

  /** A stream ends with its run. */
  get hasEnded(): boolean | undefined {
    return this.#isStreamed ? !UNDER_WAY.has(this.#status) : undefined;
  }

  message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    if (message.text === "[DONE]") return "end";
    const json = parseRecord(message.text);
    if (json === undefined) return "meta";
    this.#isStreamed ||= message.name !== undefined;
    if (this.#takeError(json, message.name)) return "meta";
    switch (json["object"]) {
      case "thread.run":
        this.#run = json;
        return this.#isStreamed ? "meta" : "token";
      case "thread.run.step":
        return this.#takeStep(json);
      case "thread.message":
        return this.#takeMessage(json);
      case "thread.message.delta":
        return this.#takePiece(json);
      default:
        return "meta";
    }
  }

  finish(_isComplete: boolean): ModelResponse {
    const run = this.#run;
    const message = this.#toMessage();
    const raw = this.#reason;
    const hasMessage = message.content !== undefined || message.toolCalls !== undefined;
    const choice = compact({
      index: 0,
      message,
      finishReason: raw === undefined ? undefined : FINISHES[raw],
      rawFinishReason: raw,
    });
    const isUnderWay = UNDER_WAY.has(this.#status);
    return compact<ModelResponse>({
      requestId: asFilledText(run?.["id"]),
      model: asFilledText(run?.["model"]),
      // The text of a run that is polled is fetched apart.
      isAccepted: run === undefined || this.#isStreamed ? undefined : true,
      pending: isUnderWay && !this.#isStreamed ? this.#toPending() : undefined,
      choices: hasMessage ? [choice] : [],
      usage: decodeOpenAiUsage(run?.["usage"], this.#context.quirks),
      error: this.#error ?? this.#readFailure(),
    });
  }

  get #status(): string {
    return asText(this.#run?.["status"]) ?? "in_progress";
  }

  /** Why the run stopped; undefined while it goes on and when it failed. */
  get #reason(): string | undefined {
    const status = this.#status;
    if (status === "incomplete") return asFilledText(asRecord(this.#run?.["incomplete_details"])?.["reason"]);
    return FINISHES[status] === undefined ? undefined : status;
  }

  #takeError(json: JsonRecord, name: string | undefined): boolean {
    const isError = this.#context.response.status >= 400 || name === "error";
    if (json["object"] !== undefined && !isError) return false;
    this.#error = decodeOpenAiError(json) ?? (isError ? decodeBareError(json) : undefined) ?? this.#error;
    return this.#error !== undefined;
  }

  #takeStep(json: JsonRecord): "meta" {
    if (json["status"] !== "completed") return "meta";
    const details = asRecord(json["step_details"]);
    for (const call of asRecords(details?.["tool_calls"])) {
      const type = asFilledText(call["type"]);
      // Calls of functions are asked for by the run.
      if (type === undefined || type === "function") continue;
      const input = asFilledText(asRecord(call[type])?.["input"]);
      this.#serverCalls.push(compact<ToolCall>({
        id: asFilledText(call["id"]),
        name: type,
        type: "server",
        arguments: input,
        isServerSide: true,
      }));
    }
    return "meta";
  }

  #takeMessage(json: JsonRecord): "meta" {
    const id = asText(json["id"]) ?? "";
    const text = readText(json["content"]);
    if (text !== undefined && json["role"] === "assistant") this.#texts.set(id, text);
    return "meta";
  }

  #takePiece(json: JsonRecord): "token" | "meta" | StreamDelta {
    const text = readText(asRecord(json["delta"])?.["content"]);
    if (text === undefined) return "meta";
    const id = asText(json["id"]) ?? "";
    this.#texts.set(id, (this.#texts.get(id) ?? "") + text);
    return this.#context.wantsDelta ? { content: text } : "token";
  }

  #toMessage(): Message {
    const asked = asRecord(asRecord(this.#run?.["required_action"])?.["submit_tool_outputs"]);
    const toolCalls = [...this.#serverCalls, ...asRecords(asked?.["tool_calls"]).map(readToolCall)];
    return compact<Message>({
      role: "assistant",
      content: this.#texts.size === 0 ? undefined : [...this.#texts.values()].join("\n"),
      toolCalls: toolCalls.length === 0 ? undefined : toolCalls,
    });
  }

  #readFailure(): ModelError | undefined {
    const failed = asRecord(this.#run?.["last_error"]);
    const type = FAILED.has(this.#status) ? this.#status : undefined;
    if (failed === undefined && type === undefined) return undefined;
    return compact<ModelError>({
      type,
      code: asFilledText(failed?.["code"]),
      message: asFilledText(failed?.["message"]),
    });
  }

  #toPending(): PendingWork | undefined {
    return toPendingWork(this.#context, findRun(this.#context.head, this.#run));
  }
}

/** Where a run can be asked for; clients that name a version in the query do so in every request. */
function findRun(head: RequestHead, run: JsonRecord | undefined): string | undefined {
  const [id, thread] = [asFilledText(run?.["id"]), asFilledText(run?.["thread_id"])];
  if (id === undefined || thread === undefined) return undefined;
  const root = head.path.slice(0, head.path.lastIndexOf("/threads/"));
  const query = head.query === "" ? "" : `?${head.query}`;
  return onSameHost(head, `${root}/threads/${thread}/runs/${id}${query}`);
}

/** Text parts of a message or of a piece of one. */
function readText(content: unknown): string | undefined {
  const texts = asRecords(content).map((part) => asText(asRecord(part["text"])?.["value"])).filter((text) =>
    text !== undefined
  );
  return texts.length === 0 ? undefined : texts.join("");
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
