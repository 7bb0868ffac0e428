import type { Choice, FinishReason, Message, ToolResult } from "../../model/model_call.ts";
import { asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { addContent } from "./openai_message.ts";
import { decodeItemCall, decodeItemOutput, readItemReasoning } from "./openai_responses_item.ts";

/** An output item of a stream: as it was added, what deltas brought, and as it was done. */
export interface OpenItem {
  item: JsonRecord | undefined;
  isDone: boolean;
  text: string;
  input: string;
  reasoning: string;
  /** Pieces of what the deltas brought may be missing. */
  hasGap: boolean;
}

/** An item as it would stand in a whole answer: as it was done, or as it began with what the deltas brought. */
export function toItem(open: OpenItem): JsonRecord | undefined {
  if (open.isDone && open.item !== undefined && !lacksContent(open)) return open.item;
  const type = asText(open.item?.type) ??
    (open.text !== "" ? "message" : open.reasoning !== "" ? "reasoning" : undefined);
  if (type === undefined) return undefined;
  if (type === "message") return { type, content: open.text === "" ? [] : [{ type: "output_text", text: open.text }] };
  if (type === "reasoning") return { type, summary: [{ type: "summary_text", text: open.reasoning }] };
  return {
    ...open.item,
    type,
    // What is put together from pieces that were no neighbours is no input.
    ...(open.input !== "" && !open.hasGap && { [type === "custom_tool_call" ? "input" : "arguments"]: open.input }),
  };
}

/** xAI's realtime says that a message is done without repeating it. */
function lacksContent(open: OpenItem): boolean {
  return open.text !== "" && open.item?.type === "message" && open.item.content === undefined;
}

/** Adds what one output item says to the message, and results of the vendor's tools to `results`. */
export function takeItem(
  message: Message,
  results: ToolResult[],
  item: JsonRecord | undefined,
  isComplete: boolean,
): void {
  if (item === undefined) return;
  // A compaction hands back what the user said: that is not the model's text.
  if (item.type === "message") return item.role === "user" ? undefined : addContent(message, item.content);
  if (item.type === "reasoning") {
    const reasoning = readItemReasoning(item);
    if (reasoning !== undefined) {
      message.reasoning = message.reasoning === undefined ? reasoning : `${message.reasoning}\n${reasoning}`;
    }
    return;
  }
  const { call, result } = decodeItemCall(item, isComplete);
  if (call !== undefined) (message.toolCalls ??= []).push(call);
  if (result !== undefined) results.push(result);
  const output = call === undefined ? decodeItemOutput(item)?.toolResults[0] : undefined;
  if (output === undefined) return;
  output.isServerSide = true;
  // Where the vendor searches for tools itself, neither call nor result has a call id.
  const asked = output.callId === undefined
    ? message.toolCalls?.findLast(({ name }) => name === output.name)
    : undefined;
  if (asked?.id !== undefined) output.callId = asked.id;
  results.push(output);
}

/** A call that the same answer answers ran on the vendor's side, and one that was approved is the call that was made then. */
export function settleCalls(message: Message, results: readonly ToolResult[], items: readonly unknown[]): void {
  if (message.toolCalls === undefined) return;
  for (const call of message.toolCalls) {
    if (call.id !== undefined && results.some(({ callId }) => callId === call.id)) call.isServerSide = true;
  }
  for (const item of items) {
    const approved = asFilledText(asRecord(item)?.approval_request_id);
    if (approved !== undefined) message.toolCalls = message.toolCalls.filter(({ id }) => id !== approved);
  }
}

/** Sets why the answer ended, from the status it ended with. */
export function addFinishReason(
  choice: Choice,
  status: string | undefined,
  incompleteReason: string | undefined,
): void {
  const reason = toReason(choice.message, status, incompleteReason);
  if (reason === undefined || status === undefined) return;
  choice.finishReason = reason;
  choice.rawFinishReason = incompleteReason ?? status;
}

function toReason(message: Message, status: string | undefined, incompleteReason?: string): FinishReason | undefined {
  if (status === "completed") return hasClientCall(message) ? "tool_calls" : "stop";
  if (status === "failed") return "error";
  if (status === "cancelled") return "other";
  if (status !== "incomplete") return undefined;
  if (incompleteReason === "content_filter") return "content_filter";
  return incompleteReason === "max_output_tokens" ? "length" : "other";
}

/** The client has to run a tool. */
export function hasClientCall(message: Message): boolean {
  return message.toolCalls?.some((call) => call.isServerSide !== true) ?? false;
}
