/** What is heard and said in a Live session, where no message tells when the user or the model has finished. */
import { asCount, asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { RealtimeItems } from "./openai_realtime_items.ts";
import type { TurnStep } from "./socket_dialect.ts";

/** Longest transcript of one turn that is held, in UTF-16 units. */
const MAX_HEARD_CHARS = 64 * 1024;

/** Text that the client adds, by the message that carries it, with the role it has. */
const NOTES: Readonly<Record<string, string>> = {
  "session.instructions.append": "developer",
  "session.thinking.append": "thinking",
  "session.commentary.append": "commentary",
};

/** A reply is what the model says until the user has spoken again; the vendor's timeline tells what came first. */
export class LiveVoice {
  readonly #items = new RealtimeItems();
  #heard = "";
  /** Where on the timeline the words of the user, and of the model, end. */
  #heardMs = -1;
  #saidMs = -1;
  #lastSaid = "";
  /** The user began to speak while the model did: after this the model answers anew. */
  #interruptedMs: number | undefined;
  #isOpen = false;

  /** Text the client adds beside the sound; false when the message is another one. */
  note(json: JsonRecord): boolean {
    const role = NOTES[asText(json["type"]) ?? ""];
    const content = asFilledText(json["content"]);
    if (role !== undefined && content !== undefined) this.#add(role, content);
    return role !== undefined;
  }

  /** What was said before the session, as the client states it. */
  addHistory(items: readonly unknown[]): void {
    for (const item of items) this.#items.add(item);
  }

  /** A piece of what the user says. */
  hear(json: JsonRecord): TurnStep | undefined {
    const text = asFilledText(json["delta"]);
    const startMs = asCount(json["start_ms"]) ?? Infinity;
    if (text === undefined) return undefined;
    // The end of what the reply already answers: its full stop comes when the model speaks.
    const isTail = this.#isOpen && this.#heard === "" && startMs <= this.#heardMs;
    if (isTail && !/[\p{L}\p{N}]/u.test(text)) return undefined;
    this.#heardMs = asCount(json["end_ms"]) ?? this.#heardMs;
    if (this.#heard.length < MAX_HEARD_CHARS) this.#heard = join(this.#heard, this.#heard, text);
    if (!this.#isOpen || isTail) return undefined;
    if (startMs >= this.#saidMs) return this.end();
    this.#interruptedMs = this.#heardMs;
    return undefined;
  }

  /** A piece of what the model says; `toRequest` makes the request from what was heard before. */
  say(json: JsonRecord, model: string | undefined, toRequest: (items: unknown[]) => JsonRecord): TurnStep | undefined {
    const text = asFilledText(json["delta"]);
    if (text === undefined) return undefined;
    const startMs = asCount(json["start_ms"]) ?? 0;
    const isNext = this.#interruptedMs !== undefined && startMs >= this.#interruptedMs;
    const endsEarlier = this.#isOpen && isNext;
    const opening = this.#isOpen && !isNext ? undefined : { request: this.#release(toRequest), isUnasked: true };
    const answer = JSON.stringify({ delta: join(this.#lastSaid, "", text), model });
    this.#lastSaid = text;
    this.#saidMs = asCount(json["end_ms"]) ?? this.#saidMs;
    return { ...opening, ...(endsEarlier && { endsEarlier }), answer };
  }

  /** The reply under way has ended in order. */
  end(): TurnStep | undefined {
    if (!this.#isOpen) return undefined;
    this.#close();
    return { isEnd: true };
  }

  /** A request that gets no reply. */
  refuse(toRequest: (items: unknown[]) => JsonRecord): JsonRecord {
    const request = this.#release(toRequest);
    this.#close();
    return request;
  }

  #close(): void {
    this.#isOpen = false;
    this.#interruptedMs = undefined;
  }

  #release(toRequest: (items: unknown[]) => JsonRecord): JsonRecord {
    this.#close();
    this.#isOpen = true;
    this.#lastSaid = "";
    const heard = this.#heard.trim();
    this.#heard = "";
    if (heard !== "") this.#add("user", heard, [{ type: "input_audio" }]);
    return toRequest(this.#items.release());
  }

  #add(role: string, text: string, parts: readonly JsonRecord[] = []): void {
    this.#items.add({ type: "message", role, content: [...parts, { type: "input_text", text }] });
  }
}

/** Pieces bring their own spaces, but for the first of a sentence, which follows the one before at once. */
function join(last: string, before: string, text: string): string {
  return before + (/[.!?]$/.test(last) && /^\p{Lu}/u.test(text) ? ` ${text}` : text);
}

/** The member of a session that configures the model it hands work to. */
export function toBackend(session: JsonRecord | undefined): JsonRecord | undefined {
  return asRecord(asRecord(session?.["delegation"])?.["responses"]);
}
