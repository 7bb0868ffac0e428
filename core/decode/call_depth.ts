import type { ModelRequest, ModelResponse, ToolCall } from "../model/model_call.ts";

/**
 * Values that pass through to events as they came (tool arguments, parameters) may be nested this deep. Later stages walk them by
 * recursion, and no tool takes more.
 */
export const MAX_VALUE_DEPTH = 100;

/** Tells whether a JSON value is nested deeper than so many levels. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((entry) => isDeeperThan(entry, levels - 1));
  for (const key in value) {
    if (isDeeperThan((value as Record<string, unknown>)[key], levels - 1)) return true;
  }
  return false;
}

/** Takes values that are nested too deep out of a request; their calls are marked as incomplete. */
export function limitRequestDepth(request: ModelRequest): void {
  for (const message of request.messages) limitCalls(message.toolCalls);
  for (const name in request.parameters) {
    if (isDeeperThan(request.parameters[name], MAX_VALUE_DEPTH)) delete request.parameters[name];
  }
}

/** Takes arguments that are nested too deep out of an answer; their calls are marked as incomplete. */
export function limitAnswerDepth(response: ModelResponse): void {
  for (const choice of response.choices) limitCalls(choice.message.toolCalls);
}

function limitCalls(calls: readonly ToolCall[] | undefined): void {
  if (calls === undefined) return;
  for (const call of calls) {
    if (!isDeeperThan(call.arguments, MAX_VALUE_DEPTH)) continue;
    delete call.arguments;
    call.argumentsIncomplete = true;
  }
}
