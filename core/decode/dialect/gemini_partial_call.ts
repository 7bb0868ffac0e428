/**
 * Calls whose arguments are streamed value by value (`streamFunctionCallArguments`): the first part names the function, the next
 * ones say what stands at which JSON path, and one that does not go on ends the call.
 *
 * @see https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling (read 2026-11-21)
 */
import type { ToolCall } from "../../model/model_call.ts";
import { geminiField } from "./gemini_content.ts";
import { asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";

/** Steps of a path: `.name`, `['name']`, `["name"]` or `[0]`. */
const STEP = /\.([^.[\]]+)|\[(\d{1,5})\]|\['([^']*)'\]|\["([^"]*)"\]/y;
const MOST_STEPS = 64;
/** A list this long is no argument that a model wrote; its places are not made. */
const LONGEST_LIST = 10_000;

type Step = string | number;
type Holder = Record<Step, unknown>;

/** Tells whether a `functionCall` part is one piece of a call, or the first of its pieces. */
export function isPartialCall(call: JsonRecord): boolean {
  return geminiField(call, "willContinue") === true || geminiField(call, "partialArgs") !== undefined ||
    asText(call["name"]) === undefined;
}

/** A call while its arguments arrive. */
export class PartialGeminiCall {
  readonly #id: string | undefined;
  readonly #name: string;
  readonly #args: Holder = {};
  /** Path of the text that goes on with the next piece. */
  #openText: string | undefined;
  #isClosed = false;
  #isBroken = false;

  constructor(call: JsonRecord) {
    this.#id = asText(call["id"]);
    this.#name = asText(call["name"]) ?? "";
    this.take(call);
  }

  /** Nothing more comes for this call. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Takes a piece. */
  take(call: JsonRecord): void {
    for (const piece of asRecords(geminiField(call, "partialArgs"))) this.#set(piece);
    this.#isClosed = geminiField(call, "willContinue") !== true;
  }

  /** Pieces are missing here. */
  gap(): void {
    if (!this.#isClosed) this.#isBroken = true;
  }

  /** The call; its arguments are absent when they are not whole. */
  finish(): ToolCall {
    const isWhole = this.#isClosed && !this.#isBroken;
    return compact<ToolCall>({
      id: this.#id,
      name: this.#name,
      type: "function",
      arguments: isWhole ? this.#args : undefined,
      argumentsIncomplete: isWhole ? undefined : true,
    });
  }

  #set(piece: JsonRecord): void {
    const path = asText(geminiField(piece, "jsonPath"));
    const steps = path === undefined ? undefined : readSteps(path);
    const value = readValue(piece);
    const place = steps === undefined || value === undefined ? undefined : findPlace(this.#args, steps);
    if (place === undefined) {
      this.#isBroken = true;
      return;
    }
    const { holder, key } = place;
    const before = holder[key];
    holder[key] = path === this.#openText && typeof before === "string" && typeof value === "string"
      ? before + value
      : value;
    this.#openText = geminiField(piece, "willContinue") === true ? path : undefined;
  }
}

function readValue(piece: JsonRecord): unknown {
  if (geminiField(piece, "nullValue") !== undefined) return null;
  return geminiField(piece, "stringValue") ?? geminiField(piece, "numberValue") ?? geminiField(piece, "boolValue");
}

/** Steps of `$.a[0].b`; undefined for what is no such path. */
function readSteps(path: string): Step[] | undefined {
  if (!path.startsWith("$")) return undefined;
  const steps: Step[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < path.length) {
    const found = STEP.exec(path);
    if (found === null || steps.length >= MOST_STEPS) return undefined;
    const name = found[1] ?? found[3] ?? found[4];
    steps.push(name ?? Number(found[2]));
  }
  return steps.length === 0 ? undefined : steps;
}

/** Where a value belongs, with everything above it; undefined where something else stands. */
function findPlace(args: Holder, steps: readonly Step[]): { holder: Holder; key: Step } | undefined {
  let holder = args;
  for (const [position, key] of steps.entries()) {
    if (Array.isArray(holder) !== (typeof key === "number") || key === "__proto__") return undefined;
    if (typeof key === "number" && key > LONGEST_LIST) return undefined;
    const next = steps[position + 1];
    if (next === undefined) return { holder, key };
    const inside = Object.hasOwn(holder, key) ? holder[key] : holder[key] = typeof next === "number" ? [] : {};
    if (typeof inside !== "object" || inside === null) return undefined;
    holder = inside as Holder;
  }
  return undefined;
}
