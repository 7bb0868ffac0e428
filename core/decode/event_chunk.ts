import type { EventOf } from "../model/oisp_event.ts";
import type { StreamDelta } from "./dialect/dialect.ts";
import { toRequestModel } from "./event_call.ts";
import { toEventToolCall } from "./event_message.ts";
import type { CallFacts } from "./event_request.ts";

type Data = EventOf<"ai.streaming_chunk">["data"];

/** `data` of one `ai.streaming_chunk`. A piece that is only part of a tool call's arguments has no delta of its own. */
export function toChunkData(
  facts: CallFacts,
  requestEventId: string | undefined,
  index: number,
  delta: StreamDelta | undefined,
): Data {
  const data: Data = { chunk_index: index };
  if (facts.provider !== undefined) data.provider = facts.provider;
  const model = toRequestModel(facts.call.request?.model);
  if (model !== undefined) data.model = model;
  if (requestEventId !== undefined) data.related_event_id = requestEventId;
  if (delta === undefined) return data;
  data.delta = {
    ...(delta.role !== undefined && { role: delta.role }),
    ...(delta.content !== undefined && { content: delta.content }),
    ...(delta.toolCalls !== undefined && { tool_calls: delta.toolCalls.map(toEventToolCall) }),
  };
  return data;
}
