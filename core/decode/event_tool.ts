import type { ToolCall, ToolResult } from "../model/model_call.ts";
import type { EventOf } from "../model/oisp_event.ts";

const encoder = new TextEncoder();

/** Times of a tool call that the wire itself shows. */
export interface ToolTimes {
  /** Last byte of the result minus first byte of the call. */
  /** Undefined when the times of the exchange are not known. */
  readonly durationMs: number | undefined;
}

/** Data of `agent.tool_call` for a call that was seen being made (MCP), not only asked for by a model. */
export function toToolCallData(call: ToolCall, server: string | undefined): EventOf<"agent.tool_call">["data"] {
  return {
    tool: { name: call.name, type: call.type, kind: "mcp", ...(server !== undefined && { server }) },
    ...(call.id !== undefined && { call_id: call.id }),
    ...(call.arguments !== undefined && { arguments: call.arguments }),
  };
}

/** Data of `agent.tool_result` for a call that was seen being made: the duration is exact. */
export function toToolResultData(
  call: ToolCall,
  result: ToolResult,
  facts: { readonly server: string | undefined; readonly callEventId: string; readonly times: ToolTimes },
): EventOf<"agent.tool_result">["data"] {
  return {
    tool: {
      name: call.name,
      type: call.type,
      kind: "mcp",
      ...(facts.server !== undefined && { server: facts.server }),
    },
    ...(result.callId !== undefined && { call_id: result.callId }),
    ...(result.isError !== undefined && { success: !result.isError }),
    ...(result.content !== undefined && {
      result: result.content,
      result_length: encoder.encode(result.content).length,
    }),
    ...(facts.times.durationMs !== undefined && { duration_ms: facts.times.durationMs, duration_source: "wire" }),
    related_event_id: facts.callEventId,
  };
}
