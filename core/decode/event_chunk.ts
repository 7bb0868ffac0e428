import type { FinishReason } from "../model/model_call.ts";
import type { EventOf } from "../model/oisp_event.ts";
import type { StreamDelta } from "./dialect/dialect.ts";
import { toRequestModel } from "./event_call.ts";
import { toEventToolCall } from "./event_message.ts";
import type { CallFacts } from "./event_request.ts";

type Data = EventOf<"ai.streaming_chunk">["data"];

/** What one chunk says: a piece of output, or why the output ended. */
export interface ChunkFacts {
  readonly delta?: StreamDelta | undefined;
  readonly finishReason?: FinishReason;
}

/**
 * `data` of one `ai.streaming_chunk`. A piece that is only part of a tool call's arguments has no delta of its own; neither has
 * the last chunk, which says why the output ended.
 */
export function toChunkData(
  facts: CallFacts,
  requestEventId: string | undefined,
  index: number,
  { delta, finishReason }: ChunkFacts,
): Data {
  const data: Data = { chunk_index: index };
  if (facts.provider !== undefined) data.provider = facts.provider;
  const model = toRequestModel(facts.call.request?.model);
  if (model !== undefined) data.model = model;
  if (requestEventId !== undefined) data.related_event_id = requestEventId;
  if (finishReason !== undefined) data.finish_reason = finishReason;
  if (delta === undefined) return data;
  data.delta = {
    ...(delta.role !== undefined && { role: delta.role }),
    ...(delta.content !== undefined && { content: delta.content }),
    ...(delta.toolCalls !== undefined && { tool_calls: delta.toolCalls.map(toEventToolCall) }),
  };
  return data;
}
