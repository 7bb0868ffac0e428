/**
 * The outputs of an answer of xAI are what happened in turn: the model calls tools that the vendor runs, what came of each stands in
 * an output of its own with the role `tool`, and the last output is the answer. Only where several answers were asked for (`n`) are
 * they alternatives.
 */
import type { ModelResponse, ToolResult } from "../../model/model_call.ts";
import { asCount, asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";

/** Most outputs whose texts are kept apart. */
const MAX_OUTPUTS = 1_024;

/** Makes the outputs of one answer, whole or in chunks, into choices of a chat completion. */
export class XaiOutputs {
  readonly #areAlternatives: boolean;
  /** What the vendor's tools gave, by output and call. */
  readonly #results = new Map<string, ToolResult>();
  readonly #toolOutputs = new Set<number>();
  readonly #calls = new Set<string>();
  /** The output that the last text belongs to. */
  #textOutput: number | undefined;

  /** `count`: how many answers were asked for. */
  constructor(count: unknown) {
    this.#areAlternatives = typeof count === "number" && count > 1;
  }

  /** The choices that an answer or a chunk brings. */
  toChoices(outputs: readonly JsonRecord[]): JsonRecord[] {
    if (this.#areAlternatives) {
      return outputs.map((output) => {
        const said = asRecord(output[toKind(output)]) ?? {};
        const calls = asRecords(said["tool_calls"]).filter(isWhole);
        return { ...toChoice(output, said, calls), index: output["index"] ?? 0 };
      });
    }
    const choices: JsonRecord[] = [];
    for (const output of outputs) {
      const index = asCount(output["index"]) ?? 0;
      const said = asRecord(output["delta"]) ?? asRecord(output["message"]) ?? {};
      const isOfTool = this.#isOfTool(index, said);
      const calls = asRecords(said["tool_calls"]).filter(isWhole).filter((call) => this.#isNewCall(call, isOfTool));
      if (isOfTool) this.#takeResult(index, said);
      if (!isOfTool) choices.push(toChoice(output, said, calls, this.#isNextText(index, said) ? "\n" : ""));
      else if (calls.length > 0) choices.push(toChoice({ [toKind(output)]: {} }, {}, calls));
    }
    // A whole answer is one message.
    return choices.length < 2 || choices.some(({ message }) => message === undefined) ? choices : [joinAll(choices)];
  }

  /** Adds what came of tools, and marks the calls that the client has not to answer. */
  complete(answer: ModelResponse, servers: ReadonlySet<string>): void {
    let hasRun = false;
    for (const { message } of answer.choices) {
      for (const call of message.toolCalls ?? []) {
        if (call.type === "function") continue;
        call.isServerSide = true;
        hasRun = true;
        const server = call.type === "mcp" ? findServer(call.name, servers) : undefined;
        if (server === undefined) continue;
        call.server = server;
        call.name = call.name.slice(server.length + 1);
        for (const result of this.#results.values()) if (result.callId === call.id) result.name = call.name;
      }
    }
    if (this.#results.size > 0) answer.toolResults = [...this.#results.values()];
    // Each run of a tool has a price that no count tells.
    const { usage } = answer;
    if (hasRun && usage !== undefined && usage.statedCostUsd === undefined) usage.besides = [{ model: "", usage: {} }];
  }

  /** What a tool gave repeats the call that asked for it. */
  #isNewCall(call: JsonRecord, isOfTool: boolean): boolean {
    const id = asFilledText(call["id"]) ?? "";
    if (isOfTool && this.#calls.has(id)) return false;
    if (this.#calls.size < MAX_OUTPUTS) this.#calls.add(id);
    return true;
  }

  /** Later chunks of an output need not repeat its role. */
  #isOfTool(index: number, said: JsonRecord): boolean {
    if (said["role"] === "tool" && this.#toolOutputs.size < MAX_OUTPUTS) this.#toolOutputs.add(index);
    return this.#toolOutputs.has(index);
  }

  #takeResult(index: number, said: JsonRecord): void {
    const content = asText(said["content"]);
    const calls = asRecords(said["tool_calls"]);
    for (const call of calls) {
      const id = asFilledText(call["id"]);
      const name = asFilledText(asRecord(call["function"])?.["name"]);
      const isError = call["status"] === "failed" || undefined;
      const key = `${index} ${id ?? ""}`;
      const known = this.#results.get(key);
      if (known === undefined && this.#results.size >= MAX_OUTPUTS) return;
      const result = compact<ToolResult>({ callId: id, name, isServerSide: true, isError });
      if (isError === undefined) addContent(result, content);
      else addContent(result, asFilledText(call["error_message"]) ?? content);
      this.#results.set(key, { ...known, ...result });
    }
    if (calls.length > 0 || content === undefined) return;
    for (const [key, result] of this.#results) if (key.startsWith(`${index} `)) addContent(result, content);
  }

  /** A text in another output than the one before begins a line. */
  #isNextText(index: number, said: JsonRecord): boolean {
    if (asFilledText(said["content"]) === undefined) return false;
    const isNext = this.#textOutput !== undefined && this.#textOutput !== index;
    this.#textOutput = index;
    return isNext;
  }
}

function addContent(result: ToolResult, content: string | undefined): void {
  if (content) result.content = (result.content ?? "") + content;
}

function toKind(output: JsonRecord): "message" | "delta" {
  return output["delta"] === undefined ? "message" : "delta";
}

function toChoice(output: JsonRecord, said: JsonRecord, calls: readonly JsonRecord[], before = ""): JsonRecord {
  const kind = toKind(output);
  if (output[kind] === undefined) return { ...output, index: 0 };
  const text = asText(said["content"]);
  return {
    ...output,
    index: 0,
    [kind]: compact({
      ...said,
      content: text === undefined ? undefined : before + text,
      tool_calls: calls.length === 0 ? undefined : calls.map((call) => ({ type: "function", ...call })),
    }),
  };
}

/** A call that comes in fragments comes whole at its end. */
function isWhole(call: JsonRecord): boolean {
  return call["status"] !== "in_progress" || (call["type"] ?? "function") !== "function";
}

function joinAll(choices: readonly JsonRecord[]): JsonRecord {
  const messages = choices.map(({ message }) => asRecord(message) ?? {});
  const joinText = (name: string, between: string) => {
    const texts = messages.map((message) => asFilledText(message[name])).filter((text) => text !== undefined);
    return texts.length === 0 ? undefined : texts.join(between);
  };
  const calls = messages.flatMap((message) => asRecords(message["tool_calls"]));
  return {
    ...choices.at(-1),
    message: compact({
      role: "assistant",
      content: joinText("content", ""),
      reasoning_content: joinText("reasoning_content", "\n"),
      tool_calls: calls.length === 0 ? undefined : calls,
    }),
  };
}

/** Tools of an MCP server are named by its label and a dot. */
function findServer(name: string, servers: ReadonlySet<string>): string | undefined {
  const server = name.slice(0, Math.max(0, name.indexOf(".")));
  return servers.has(server) ? server : undefined;
}
