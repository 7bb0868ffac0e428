/** Reads DashScope's answers: one document, or a stream whose events repeat the text so far or bring what is new. */
import type { ModelError, ModelResponse, PendingWork } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { BodyMessage } from "../body/body_format.ts";
import { onSameHost, toPendingWork } from "./address.ts";
import type { ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { ChatChoice } from "./openai_chat_choice.ts";
import { decodeOpenAiUsage } from "./openai_usage.ts";

/** Most alternatives of one answer that are kept. */
const MAX_CHOICES = 64;

/** Creates the reader of one DashScope answer. */
export function createDashscopeReader(context: ResponseContext): ResponseReader {
  return new DashscopeReader(context);
}

/** One alternative, with what its last event said. */
interface Growing {
  readonly choice: ChatChoice;
  /** Calls of the last event, where events repeat. */
  calls: unknown;
}

class DashscopeReader implements ResponseReader {
  readonly #context: ResponseContext;
  readonly #isIncremental: boolean;
  readonly #choices: Growing[] = [];
  #requestId: string | undefined;
  #usage: Usage | undefined;
  #error: ModelError | undefined;
  #embedding: ModelResponse["embedding"];
  #outputCount: number | undefined;
  #pending: PendingWork | undefined;

  constructor(context: ResponseContext) {
    this.#context = context;
    this.#isIncremental = context.request?.wantsIncrements === true;
  }

  message(message: BodyMessage): "token" | "meta" | StreamDelta {
    const json = parseRecord(message.text);
    if (json === undefined) return "meta";
    this.#requestId ??= asFilledText(json["request_id"]);
    const code = asFilledText(json["code"]);
    if (code !== undefined) {
      this.#error = compact<ModelError>({ code, message: asFilledText(json["message"]) });
      return "meta";
    }
    const usage = asRecord(json["usage"]);
    this.#usage = decodeOpenAiUsage(usage, []) ?? this.#usage;
    this.#outputCount = asCount(usage?.["output_image_count"]) ?? asCount(usage?.["image_count"]) ?? this.#outputCount;
    const output = asRecord(json["output"]);
    return output === undefined ? "meta" : this.#output(output);
  }

  finish(isComplete: boolean): ModelResponse {
    const choices = this.#choices.map(({ choice, calls }) => {
      if (calls !== undefined) choice.takeDelta({ tool_calls: calls });
      return choice.finish(isComplete);
    });
    return compact<ModelResponse>({
      requestId: this.#requestId,
      choices,
      usage: this.#embedding === undefined ? this.#usage : withInput(this.#usage),
      error: this.#error,
      embedding: this.#embedding,
      outputCount: this.#outputCount,
      isAccepted: this.#pending === undefined ? undefined : true,
      pending: this.#pending,
    });
  }

  /** Pictures and videos are made by tasks, whose state has an address of its own. */
  #task(output: JsonRecord): void {
    const id = asFilledText(output["task_id"]);
    const state = output["task_status"];
    if (state === "PENDING" || state === "RUNNING") {
      const address = id === undefined ? undefined : onSameHost(this.#context.head, `/api/v1/tasks/${id}`);
      this.#pending = toPendingWork(this.#context, address);
    } else if (state === "FAILED" || state === "CANCELED") {
      const code = asFilledText(output["code"]);
      this.#error = compact<ModelError>({ code: code ?? state, message: asFilledText(output["message"]) });
    } else if (asFilledText(output["video_url"]) !== undefined) this.#outputCount = 1;
  }

  #output(output: JsonRecord): "token" | "meta" | StreamDelta {
    if (output["task_status"] !== undefined) this.#task(output);
    const vectors = asRecords(output["embeddings"]);
    const first = vectors[0]?.["embedding"];
    if (Array.isArray(first)) this.#embedding = { count: vectors.length, dimensions: first.length };
    if (Array.isArray(output["results"]) && this.#context.request?.requestType === "image") {
      this.#outputCount = output["results"].length;
    }
    const text = asText(output["text"]);
    const plain = text === undefined ? [] : [{ message: { role: "assistant", content: text }, ...output }];
    const said = asRecords(output["choices"] ?? plain).map((json, index) => this.#choice(json, index));
    return said[0] ?? (vectors.length > 0 ? "token" : "meta");
  }

  /** Takes what an event says of one alternative; gives what was new. */
  #choice(json: JsonRecord, index: number): "token" | "meta" | StreamDelta {
    const growing = this.#find(index);
    const { choice } = growing;
    // While a stream goes on, the reason is the text "null".
    const reason = asFilledText(json["finish_reason"]);
    if (reason !== undefined && reason !== "null") choice.rawFinishReason = reason;
    const message = asRecord(json["message"]) ?? {};
    const content = this.#newPart(choice.content, toText(message["content"]));
    const reasoning = this.#newPart(choice.reasoning, asText(message["reasoning_content"]));
    const calls = message["tool_calls"];
    const hasCalls = asList(calls).length > 0;
    const pictures = asRecords(message["content"]).filter((part) => part["image"] !== undefined);
    const delta = compact<Record<string, unknown>>({
      role: message["role"],
      content,
      reasoning_content: reasoning,
      images: pictures.length === 0 ? undefined : pictures,
    });
    choice.takeDelta(hasCalls && this.#isIncremental ? { ...delta, tool_calls: calls } : delta);
    if (hasCalls && !this.#isIncremental) growing.calls = calls;
    if (!content && !reasoning) return hasCalls || pictures.length > 0 ? "token" : "meta";
    if (!this.#context.wantsDelta) return "token";
    return compact<StreamDelta>({ content: content || undefined, reasoning: reasoning || undefined });
  }

  /** What a text adds to the one so far. Some models bring only what is new although they were not asked to. */
  #newPart(known: string | undefined, text: string | undefined): string | undefined {
    if (text === undefined || this.#isIncremental || known === undefined) return text;
    return text.startsWith(known) ? text.slice(known.length) : text;
  }

  #find(index: number): Growing {
    const known = this.#choices[index];
    if (known !== undefined) return known;
    const growing: Growing = { choice: new ChatChoice(index), calls: undefined };
    if (index < MAX_CHOICES) this.#choices[index] = growing;
    return growing;
  }
}

/** Text, or parts of which some are text. */
function toText(content: unknown): string | undefined {
  if (!Array.isArray(content)) return asText(content);
  const texts = asRecords(content).map((part) => asText(part["text"])).filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : texts.join("");
}

/** Embeddings have no output: the total is the input. */
function withInput(usage: Usage | undefined): Usage | undefined {
  if (usage?.totalTokens === undefined || usage.inputTokens !== undefined) return usage;
  return { ...usage, inputTokens: usage.totalTokens };
}
