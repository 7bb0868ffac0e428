import type { Message } from "../../model/model_call.ts";
import { finishToolCall, type PartialToolCall } from "./tool_call_builder.ts";

/** A streamed tool call and its place among the message's calls. */
export interface OpenCall {
  readonly partial: PartialToolCall;
  readonly position: number;
}

/** Adds a call whose arguments will arrive in pieces to the message. */
export function startToolCall(message: Message, partial: PartialToolCall): OpenCall {
  const calls = message.toolCalls ??= [];
  calls.push({ name: partial.name, type: partial.type });
  return { partial, position: calls.length - 1 };
}

/** Ends a streamed call: its arguments when they are whole and parse, else that they are not. */
export function endToolCall(message: Message, open: OpenCall, isComplete: boolean): void {
  if (message.toolCalls !== undefined) message.toolCalls[open.position] = finishToolCall(open.partial, isComplete);
}
