/** What is heard and said in a Live session, where no message tells when the user or the model has finished. */
import { asCount, asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { RealtimeItems } from "./openai_realtime_items.ts";
import type { TimedAnswer, TurnStep } from "./socket_dialect.ts";
import { toWordTable } from "./word_table.ts";

/** Longest transcript of one turn that is held, in UTF-16 units. */
const MAX_HEARD_CHARS = 64 * 1024;

/** Text that the client adds, by the message that carries it, with the role it has. */
const NOTES = toWordTable<string>({
  "session.instructions.append": "developer",
  "session.thinking.append": "thinking",
  "session.commentary.append": "commentary",
});

/** Words that follow others within this time, in ms, belong to them. */
const SAME_SPEECH_MS = 1_000;
/** Longest reply held back for the end of what it answers, in UTF-16 units. */
const MAX_HELD_CHARS = 16 * 1024;

/** A reply whose request is not told yet. */
interface Held {
  readonly requestNs: number;
  /** What the client added before it. */
  readonly items: unknown[];
  readonly answers: TimedAnswer[];
  chars: number;
}

/**
 * A reply is what the model says until the user has spoken again; the vendor's timeline tells what came first. The model begins
 * before the words of the user are all written down: its reply is held back until they are.
 */
export class LiveVoice {
  readonly #items = new RealtimeItems();
  #heard = "";
  /** Where on the timeline the words of the user, and of the model, end. */
  #heardMs = -Infinity;
  #saidMs = -Infinity;
  #lastSaid = "";
  /** The user spoke while the model did: after this the model answers anew. */
  #interruptedMs: number | undefined;
  #isOpen = false;
  #held: Held | undefined;

  /** Text the client adds beside the sound; false when the message is another one. */
  note(json: JsonRecord): boolean {
    const role = NOTES[asText(json["type"]) ?? ""];
    const content = asFilledText(json["content"]);
    if (role !== undefined && content !== undefined) this.#items.add(toMessage(role, content));
    return role !== undefined;
  }

  /** What was said before the session, as the client states it. */
  addHistory(items: readonly unknown[]): void {
    for (const item of items) this.#items.add(item);
  }

  /** A piece of what the user says; `toRequest` makes the request from what was heard. */
  hear(json: JsonRecord, toRequest: ToRequest): TurnStep | undefined {
    const text = asFilledText(json["delta"]);
    if (text === undefined) return undefined;
    const startMs = asCount(json["start_ms"]) ?? Infinity;
    const isSame = startMs <= this.#heardMs + SAME_SPEECH_MS;
    // The full stop of what is answered already.
    if (isSame && this.#isOpen && this.#heard === "" && this.#held === undefined && !HAS_WORDS.test(text)) {
      return undefined;
    }
    const told = isSame ? undefined : this.#letGo(toRequest);
    this.#heardMs = asCount(json["end_ms"]) ?? this.#heardMs;
    if (this.#heard.length < MAX_HEARD_CHARS) this.#heard = join(this.#heard, this.#heard, text);
    if (!this.#isOpen || this.#held !== undefined) return told;
    if (startMs >= this.#saidMs) return { ...told, ...this.end(toRequest) };
    this.#interruptedMs = this.#heardMs;
    return told;
  }

  /** A piece of what the model says. */
  say(json: JsonRecord, model: string | undefined, toRequest: ToRequest, timeNs: number): TurnStep | undefined {
    const text = asFilledText(json["delta"]);
    if (text === undefined) return undefined;
    const startMs = asCount(json["start_ms"]) ?? Infinity;
    const isNext = this.#interruptedMs !== undefined && startMs >= this.#interruptedMs;
    const ended = isNext ? this.end(toRequest) : undefined;
    if (!this.#isOpen) {
      this.#isOpen = true;
      this.#lastSaid = "";
      this.#held = { requestNs: timeNs, items: this.#items.release(), answers: [], chars: 0 };
    }
    const answer = JSON.stringify({ delta: join(this.#lastSaid, "", text), model });
    this.#lastSaid = text;
    this.#saidMs = asCount(json["end_ms"]) ?? this.#saidMs;
    const held = this.#held;
    if (held === undefined) return { answer };
    held.answers.push({ text: answer, timeNs });
    held.chars += answer.length;
    if (ended !== undefined) return ended;
    const isOver = this.#heard === "" || startMs > this.#heardMs + SAME_SPEECH_MS;
    return isOver || held.chars > MAX_HELD_CHARS ? this.#letGo(toRequest) : undefined;
  }

  /** The reply under way has ended in order. */
  end(toRequest: ToRequest): TurnStep | undefined {
    if (!this.#isOpen) return undefined;
    const told = this.#letGo(toRequest);
    this.#close();
    return { ...told, isEnd: true };
  }

  /** What is held back is told, whatever is missing. */
  flush(toRequest: ToRequest): TurnStep | undefined {
    return this.#letGo(toRequest);
  }

  /** A request that gets no reply. */
  refuse(toRequest: ToRequest): JsonRecord {
    this.#close();
    return this.#toRequest(this.#items.release(), toRequest);
  }

  #close(): void {
    this.#isOpen = false;
    this.#interruptedMs = undefined;
  }

  #letGo(toRequest: ToRequest): TurnStep | undefined {
    const held = this.#held;
    if (held === undefined) return undefined;
    this.#held = undefined;
    const { requestNs, items, answers } = held;
    return { request: this.#toRequest(items, toRequest), isUnasked: true, requestNs, earlier: answers };
  }

  #toRequest(items: unknown[], toRequest: ToRequest): JsonRecord {
    const heard = this.#heard.trim();
    this.#heard = "";
    return toRequest(heard === "" ? items : [...items, toMessage("user", heard, [{ type: "input_audio" }])]);
  }
}

function toMessage(role: string, text: string, parts: readonly JsonRecord[] = []): JsonRecord {
  return { type: "message", role, content: [...parts, { type: "input_text", text }] };
}

const HAS_WORDS = /[\p{L}\p{N}]/u;

/** Makes the request of a reply from what came before it. */
type ToRequest = (items: unknown[]) => JsonRecord;

/** Pieces bring their own spaces, but for the first of a sentence, which follows the one before at once. */
function join(last: string, before: string, text: string): string {
  return before + (/[.!?]$/.test(last) && /^\p{Lu}/u.test(text) ? ` ${text}` : text);
}

/** The member of a session that configures the model it hands work to. */
export function toBackend(session: JsonRecord | undefined): JsonRecord | undefined {
  return asRecord(asRecord(session?.["delegation"])?.["responses"]);
}
