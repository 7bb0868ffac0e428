import type { ToolCall } from "../../model/model_call.ts";
import { parseJson } from "./json_access.ts";

/**
 * Makes a tool call from argument text. Empty text of a whole answer means no arguments, as the vendors' own clients read it;
 * text that does not parse gives only its length.
 */
export function toToolCall(
  facts: { id: string | undefined; name: string; type: string },
  argumentText: string,
  isComplete: boolean,
  hasGap = false,
): ToolCall {
  const call: ToolCall = { name: facts.name, type: facts.type };
  if (facts.id) call.id = facts.id;
  if (argumentText === "" && isComplete && !hasGap) {
    call.arguments = {};
    return call;
  }
  // Pieces that were no neighbours may parse by chance.
  const parsed = hasGap ? undefined : parseJson(argumentText);
  if (parsed !== undefined) call.arguments = parsed;
  else setIncomplete(call, argumentText);
  return call;
}

/** Makes a call of a tool that takes free text; the text itself is the argument. */
export function toTextToolCall(facts: { id: string | undefined; name: string; type: string }, input: string): ToolCall {
  const call: ToolCall = { name: facts.name, type: facts.type, arguments: input };
  if (facts.id) call.id = facts.id;
  return call;
}

function setIncomplete(call: ToolCall, argumentText: string): void {
  call.argumentsIncomplete = true;
  call.argumentsLength = new TextEncoder().encode(argumentText).length;
}

/** A tool call whose arguments arrive in pieces. */
export interface PartialToolCall {
  id: string | undefined;
  name: string;
  type: string;
  argumentText: string;
  /** The tool takes free text: `argumentText` is no JSON. */
  isFreeText: boolean;
  /** The format said that nothing more comes for this call. */
  isClosed: boolean;
  /** Pieces of the arguments may be missing. */
  hasGap?: boolean;
  /** Run by the vendor. */
  isServerSide?: boolean;
}

/** Notes that pieces of a call that is still open may be missing. */
export function noteGap(partial: PartialToolCall): void {
  if (!partial.isClosed) partial.hasGap = true;
}

/** Ends a partial call. `isComplete` false: the answer was cut, so an empty or broken argument text stays incomplete. */
export function finishToolCall(partial: PartialToolCall, isComplete: boolean): ToolCall {
  const isWhole = isComplete || partial.isClosed;
  const call = partial.isFreeText
    ? toTextToolCall(partial, partial.argumentText)
    : toToolCall(partial, partial.argumentText, isWhole, partial.hasGap);
  if (partial.isFreeText && (!isWhole || partial.hasGap)) call.argumentsIncomplete = true;
  if (partial.isServerSide) call.isServerSide = true;
  return call;
}
