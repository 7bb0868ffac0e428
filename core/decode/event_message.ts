import type { Message, ToolCall } from "../model/model_call.ts";
import type { EventMessage } from "../model/oisp_event.ts";

type EventToolCall = NonNullable<EventMessage["tool_calls"]>[number];

/** One message as published, contents included. */
export function toEventMessage(message: Message): EventMessage {
  const event: EventMessage = { role: message.role };
  if (message.content !== undefined) event.content = message.content;
  if (message.reasoning !== undefined) event.reasoning = message.reasoning;
  if (message.name !== undefined) event.name = message.name;
  if (message.toolResults?.length === 1 && message.toolResults[0]?.callId !== undefined) {
    event.tool_call_id = message.toolResults[0].callId;
  }
  if (message.toolCalls !== undefined) event.tool_calls = message.toolCalls.map(toEventToolCall);
  if (message.imageCount !== undefined) event.image_count = message.imageCount;
  if (message.audioCount !== undefined) event.audio_count = message.audioCount;
  if (message.fileCount !== undefined) event.file_count = message.fileCount;
  return event;
}

/** A tool call inside a message as published. */
export function toEventToolCall(call: ToolCall): EventToolCall {
  const event: EventToolCall = { name: call.name, type: call.type };
  if (call.id !== undefined) event.id = call.id;
  if (call.arguments !== undefined) event.arguments = call.arguments;
  if (call.argumentsIncomplete) event.arguments_incomplete = true;
  return event;
}
