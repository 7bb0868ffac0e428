import type { JsonRecord } from "./json_access.ts";
import { asFilledText, asRecord } from "./json_access.ts";

/**
 * Gives pieces of streamed tool calls the index of their call, for formats that name a call by its id only: a new id is the next
 * call, a piece without an id goes on with the call before it.
 */
export class CallOrder {
  readonly #indexes = new Map<string, number>();

  /** Gives a piece in the form of OpenAI's deltas; name and arguments may stand in `function` or beside the id. */
  toDelta(call: JsonRecord): JsonRecord {
    const id = asFilledText(call["id"]);
    const last = this.#indexes.size - 1;
    const index = id === undefined ? Math.max(0, last) : this.#indexes.get(id) ?? last + 1;
    if (id !== undefined) this.#indexes.set(id, index);
    const { name, arguments: pieces } = asRecord(call["function"]) ?? call;
    return { index, id, type: "function", function: { name, arguments: pieces } };
  }
}
