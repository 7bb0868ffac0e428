import type { Choice, Message, ToolCall, ToolResult } from "../../model/model_call.ts";
import { ExecutedTools } from "./executed_tools.ts";
import { toFinishReason } from "./finish_reason.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { addContent, decodeOpenAiMessage, readReasoning } from "./openai_message.ts";
import { finishToolCall, noteGap, type PartialToolCall } from "./tool_call_builder.ts";

/** One answer alternative of a chat completion, from a whole message or from deltas. */
export class ChatChoice {
  readonly index: number;
  role: string | undefined;
  content: string | undefined;
  reasoning: string | undefined;
  rawFinishReason: string | undefined;
  #whole: Message | undefined;
  #parts: Message | undefined;
  /** In the order of their `index` where each has one of its own, else in the order they came. */
  readonly #calls: PartialToolCall[] = [];
  readonly #byIndex = new Map<number, PartialToolCall>();
  #executed: ExecutedTools | undefined;
  /** What the sound of the answer says. */
  #transcript: string | undefined;

  constructor(index: number) {
    this.index = index;
  }

  /** Takes `choices[].message` of a body that is not a stream. */
  takeMessage(json: JsonRecord): void {
    this.#whole = decodeOpenAiMessage(json, "assistant");
    if (json.executed_tools) (this.#executed ??= new ExecutedTools()).take(json.executed_tools);
  }

  /** Takes `choices[].delta`. Gives true when it carried output. */
  takeDelta(delta: JsonRecord): boolean {
    this.role ??= asFilledText(delta.role);
    let hasOutput = this.#takeText(delta);
    if (delta.tool_calls !== undefined && this.#takeCalls(asList(delta.tool_calls))) hasOutput = true;
    const imageCount = asList(delta.images).length;
    if (imageCount > 0) this.#countParts({ role: "assistant", imageCount });
    if (delta.executed_tools && (this.#executed ??= new ExecutedTools()).take(delta.executed_tools)) hasOutput = true;
    const audio = asRecord(delta.audio);
    if (audio !== undefined && this.#takeAudio(audio)) hasOutput = true;
    const legacy = asRecord(delta.function_call);
    if (legacy !== undefined && this.#takeFragment({ index: 0, function: legacy })) hasOutput = true;
    return hasOutput;
  }

  /** Adds to the argument text of the call with this index in the stream. */
  addArguments(index: number, piece: string): void {
    const call = this.#byIndex.get(index);
    if (call !== undefined) call.argumentText += piece;
  }

  /** Pieces are missing here. */
  gap(): void {
    for (const call of this.#calls) noteGap(call);
  }

  /** What came of the tools that the vendor ran. */
  get serverResults(): ToolResult[] {
    return this.#executed?.toResults() ?? [];
  }

  /** Everything so far. `isComplete` false: the answer was cut. */
  finish(isComplete: boolean): Choice {
    const message = this.#whole ?? this.#toMessage(isComplete);
    const executed = this.#executed?.toCalls() ?? [];
    if (executed.length > 0) message.toolCalls = [...executed, ...(message.toolCalls ?? [])];
    const choice: Choice = { index: this.index, message };
    if (this.rawFinishReason !== undefined) {
      choice.rawFinishReason = this.rawFinishReason;
      choice.finishReason = toFinishReason(this.rawFinishReason);
    }
    return choice;
  }

  #toMessage(isComplete: boolean): Message {
    const message: Message = this.#parts ?? { role: "assistant" };
    message.role = this.role ?? "assistant";
    const content = this.content ?? this.#transcript;
    if (content !== undefined) message.content = content;
    if (this.reasoning !== undefined) message.reasoning = this.reasoning;
    const calls: ToolCall[] = [];
    for (const call of this.#calls) if (call.name !== "") calls.push(finishToolCall(call, isComplete));
    if (calls.length > 0) message.toolCalls = calls;
    return message;
  }

  /** Sound comes in pieces, and beside it what it says. */
  #takeAudio(audio: JsonRecord): boolean {
    const transcript = asText(audio.transcript);
    if (transcript !== undefined) this.#transcript = (this.#transcript ?? "") + transcript;
    if (asFilledText(audio.id) !== undefined && this.#parts?.audioCount === undefined) {
      this.#countParts({ role: "assistant", audioCount: 1 });
    }
    return transcript !== undefined || asFilledText(audio.data) !== undefined;
  }

  #takeText(delta: JsonRecord): boolean {
    const thought = this.reasoning;
    const text = this.#readContent(delta.content) ?? asText(delta.refusal);
    // Thoughts may be parts of the content.
    let hasOutput = this.reasoning !== thought;
    if (text !== undefined) {
      this.content = (this.content ?? "") + text;
      if (text !== "") hasOutput = true;
    }
    const reasoning = readReasoning(delta);
    if (reasoning !== undefined) {
      this.reasoning = (this.reasoning ?? "") + reasoning;
      hasOutput = true;
    }
    return hasOutput;
  }

  /** Content of a delta: text, or parts (Mistral's thinking models), whose texts belong together without a break. */
  #readContent(content: unknown): string | undefined {
    if (typeof content === "string") return content;
    if (!Array.isArray(content)) return undefined;
    let text: string | undefined;
    for (const part of content) {
      const piece: Message = { role: "assistant" };
      addContent(piece, [part]);
      if (piece.content !== undefined) text = (text ?? "") + piece.content;
      if (piece.reasoning !== undefined) this.reasoning = (this.reasoning ?? "") + piece.reasoning;
      this.#countParts(piece);
    }
    return text;
  }

  #countParts(piece: Message): void {
    if (piece.imageCount === undefined && piece.audioCount === undefined && piece.fileCount === undefined) return;
    const parts: Message = this.#parts ??= { role: "assistant" };
    if (piece.imageCount) parts.imageCount = (parts.imageCount ?? 0) + piece.imageCount;
    if (piece.audioCount) parts.audioCount = (parts.audioCount ?? 0) + piece.audioCount;
    if (piece.fileCount) parts.fileCount = (parts.fileCount ?? 0) + piece.fileCount;
  }

  #takeCalls(list: readonly unknown[]): boolean {
    let hasOutput = false;
    for (let place = 0; place < list.length; place++) {
      const json = asRecord(list[place]);
      if (json !== undefined && this.#takeFragment(json, list.length - place)) hasOutput = true;
    }
    return hasOutput;
  }

  /** `placeFromEnd`: 1 for the last fragment of its list. Fragments that name nothing stand in the order of the calls. */
  #takeFragment(json: JsonRecord, placeFromEnd = 1): boolean {
    const body = asRecord(json.function) ?? asRecord(json.custom);
    const id = asFilledText(json.id);
    const name = asFilledText(body?.name);
    const isNameless = json.index === undefined && name === undefined && id === undefined;
    const call = (isNameless ? this.#calls.at(-placeFromEnd) : undefined) ??
      this.#findCall(asCount(json.index), id, name, asFilledText(json.type));
    if (asRecord(json.custom) !== undefined) call.isFreeText = true;
    if (call.id === undefined) call.id = id;
    if (name !== undefined && call.name === "") call.name = name;
    const given = body?.arguments ?? body?.input;
    const piece = typeof given === "string" ? given : asRecord(given) === undefined ? "" : JSON.stringify(given);
    call.argumentText += piece;
    return piece !== "" || name !== undefined;
  }

  /**
   * Finds the call a fragment belongs to. Usually `index` says it; some hosts send no index, or 0 for every call: then another id
   * together with a name starts the next call.
   */
  #findCall(
    index: number | undefined,
    id: string | undefined,
    name: string | undefined,
    type: string | undefined,
  ): PartialToolCall {
    const known = index === undefined ? this.#calls[this.#calls.length - 1] : this.#byIndex.get(index);
    const startsNext = known !== undefined && name !== undefined && known.name !== "" && id !== known.id &&
      (id !== undefined || index === undefined);
    if (known !== undefined && !startsNext) return known;
    const call: PartialToolCall = {
      id,
      name: "",
      type: type ?? "function",
      argumentText: "",
      isFreeText: false,
      isClosed: false,
    };
    this.#byIndex.set(index ?? this.#calls.length, call);
    if (index !== undefined && known === undefined) this.#calls.splice(this.#placeOf(index), 0, call);
    else this.#calls.push(call);
    return call;
  }

  /** Behind every call with a lower index. */
  #placeOf(index: number): number {
    let place = this.#calls.length;
    for (const [other, call] of this.#byIndex) {
      if (other > index) place = Math.min(place, this.#calls.indexOf(call));
    }
    return place;
  }
}
