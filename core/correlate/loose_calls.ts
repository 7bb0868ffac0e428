/**
 * Calls that no id names for ever: formats without call ids (Gemini, Ollama), and ids that come again ("call_0"). A result in the
 * newest turn goes to the call of the same conversation with its id, or its name and place; where the conversation's beginning was
 * replaced by a summary, to the one open call of the program run with the same name and arguments. Where two may be meant, none is.
 *
 * State: 64 calls of each of 2,048 program runs, and 8,192 results, oldest forgotten first.
 */
import type { DraftEvent } from "../model/draft.ts";
import type { Message, ToolCall, ToolResult } from "../model/model_call.ts";
import { BoundedMap } from "./bounded_map.ts";
import type { AnsweredCall } from "./tool_events.ts";
import { toTurnKey } from "./turn_key.ts";

const MAX_CALLS = 64;
/** As much of a result as tells it from others. */
const LONGEST_MARK = 256;

/** A call that was published. */
export interface KnownCall extends AnsweredCall {
  isAnswered: boolean;
}

interface LooseCall {
  readonly known: KnownCall;
  readonly id: string | undefined;
  /** Name and arguments. */
  readonly print: string;
  readonly turn: string;
  /** The history of the request whose answer made it. */
  readonly before: string;
  /** Counts calls and published results. */
  readonly order: number;
  readonly answerId: string;
  readonly responseId: string | undefined;
  /** Tells its result from others, when it has one. */
  resultMark?: string;
}

/** See the file's head. */
export class LooseCalls {
  readonly #byProgram = new BoundedMap<string, LooseCall[]>(2_048);
  /** Which event published the results of a turn, and when. */
  readonly #published = new BoundedMap<string, { readonly eventId: string; readonly order: number }>(8_192);
  #order = 0;

  /** A call of an answer that was published. */
  add(draft: DraftEvent, call: ToolCall, known: KnownCall): void {
    const program = toProgramKey(draft);
    const calls = this.#byProgram.get(program) ?? [];
    if (calls.length >= MAX_CALLS) calls.shift();
    calls.push({
      known,
      id: call.id,
      print: toPrint(call),
      turn: toTurnKey(draft),
      before: toHistoryMark(draft.call?.request?.messages ?? []),
      order: this.#order++,
      answerId: draft.event.event_id,
      responseId: draft.call?.response?.requestId,
    });
    this.#byProgram.set(program, calls);
  }

  /** The call that a result of the newest turn answers; `answered` when the result was published; undefined when none is known. */
  claim(draft: DraftEvent, result: ToolResult): KnownCall | undefined | "answered" {
    const history = toHistoryMark(draft.call?.request?.messages ?? []);
    const spot = `${toTurnKey(draft)}\n${history}\n${result.callId ?? result.name ?? ""}\n${toMark(result)}`;
    const eventId = draft.event.event_id;
    const published = this.#published.get(spot);
    // The same request again brings nothing, unless the model made the call again at the same place: the same conversation once more.
    const since = published === undefined || published.eventId === eventId ? undefined : published.order;
    const call = this.#find(draft, result, since);
    if (since !== undefined && (call === undefined || call === "answered")) return "answered";
    this.#published.set(spot, { eventId, order: this.#order++ });
    return call;
  }

  /** The same for a result that is known not to be published. */
  take(draft: DraftEvent, result: ToolResult): KnownCall | undefined | "answered" {
    return this.#find(draft, result, undefined);
  }

  #find(draft: DraftEvent, result: ToolResult, since: number | undefined): KnownCall | undefined | "answered" {
    const calls = this.#byProgram.get(toProgramKey(draft))?.filter((call) => isMeant(call, result));
    if (calls === undefined || calls.length === 0) return undefined;
    const asked = findAsked(draft.call?.request?.messages ?? [], result);
    const open = calls.filter(({ known, order }) => !known.isAnswered && order > (since ?? -1));
    const found = pickHere(open, draft, asked) ?? (since === undefined ? pick(open, draft, asked?.print) : undefined);
    const mark = toMark(result);
    if (found === undefined) {
      // The same result with another beginning of the conversation before it.
      const isRepeated = calls.some((call) => call.resultMark === mark && call.print === asked?.print);
      return isRepeated ? "answered" : undefined;
    }
    found.known.isAnswered = true;
    found.resultMark = mark;
    return found.known;
  }
}

/** The call that was made at this very place of the conversation. */
function pickHere(calls: readonly LooseCall[], draft: DraftEvent, asked: Asked | undefined): LooseCall | undefined {
  if (asked === undefined || calls.length === 0) return undefined;
  const turn = toTurnKey(draft);
  return firstOfNewest(
    calls.filter((call) => call.print === asked.print && call.before === asked.before && call.turn === turn),
  );
}

function isMeant({ id, known }: LooseCall, { callId, name }: ToolResult): boolean {
  // A client may make up ids for the calls of a format that has none.
  return (id === undefined || callId === undefined || id === callId) && (name === undefined || name === known.name);
}

function pick(calls: readonly LooseCall[], draft: DraftEvent, print: string | undefined): LooseCall | undefined {
  const { previousResponseId, isDelta } = draft.call?.request ?? {};
  const continued = previousResponseId === undefined
    ? undefined
    : calls.find(({ responseId }) => responseId === previousResponseId);
  if (continued !== undefined) return continued;
  const turn = toTurnKey(draft);
  const here = calls.filter((call) => call.turn === turn);
  // Without the call in the history, any of the conversation may be meant: then the newest is.
  const same = print === undefined ? here : here.filter((call) => call.print === print);
  if (same.length > 0) return firstOfNewest(same);
  const elsewhere = isDelta === true ? calls : calls.filter((call) => call.print === print);
  return elsewhere.every(({ answerId }) => answerId === elsewhere[0]?.answerId) ? elsewhere[0] : undefined;
}

function firstOfNewest(calls: readonly LooseCall[]): LooseCall | undefined {
  const newest = calls.at(-1)?.answerId;
  return calls.find(({ answerId }) => answerId === newest);
}

/** What the history says of the call that a result answers. */
interface Asked {
  readonly print: string;
  /** The history up to the answer that made it. */
  readonly before: string;
}

/** The call in the history that a result of the newest turn answers: by id, else by name and place among the results. */
function findAsked(messages: readonly Message[], result: ToolResult): Asked | undefined {
  const { callId, name, content } = result;
  const isIt = ({ id }: ToolCall) => (callId === undefined ? true : id === callId);
  let at = messages.findLastIndex(({ toolCalls }) => toolCalls?.some(isIt) === true);
  const calls = messages[at]?.toolCalls?.filter((call) => isIt(call) && (callId !== undefined || call.name === name)) ??
    [];
  const results = callId !== undefined
    ? []
    : messages.slice(at + 1).flatMap(({ toolResults = [] }) => toolResults).filter((each) => each.name === name);
  const call = calls[results.findIndex((each) => each.content === content)] ?? calls[0];
  if (call === undefined) return undefined;
  while (isModel(messages[at - 1])) at--;
  return { print: toPrint(call), before: toHistoryMark(messages.slice(0, at)) };
}

function isModel(message: Message | undefined): boolean {
  return message?.role === "assistant" || message?.role === "model";
}

function toProgramKey(draft: DraftEvent): string {
  return `${draft.processKey}\n${draft.call?.endpoint ?? ""}`;
}

function toPrint({ name, arguments: args }: ToolCall): string {
  return `${name}\n${JSON.stringify(args, sortMembers) ?? ""}`;
}

/** Clients may send members back in another order. */
function sortMembers(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Tells histories apart that begin alike and are of one length: a conversation may go on from an earlier point. */
function toHistoryMark(messages: readonly Message[]): string {
  // A system prompt may have the time of day in it.
  const lengths = messages.filter(({ role }) => role !== "system" && role !== "developer")
    .map(({ content, toolCalls }) => content?.length ?? -(toolCalls?.length ?? 0));
  const asked = messages.findLast(({ role, content }) => role === "user" && content !== undefined)?.content;
  return `${lengths.join()}\n${asked?.slice(0, LONGEST_MARK) ?? ""}`;
}

function toMark({ content }: ToolResult): string {
  return content === undefined ? "" : `${content.length}:${content.slice(0, LONGEST_MARK)}`;
}
