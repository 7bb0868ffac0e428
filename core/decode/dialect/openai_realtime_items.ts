/** What was put into a Realtime conversation since the last response: items of the client, and what the user said. */
import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";

/** Most items held between two responses; older ones are let go first. */
const MAX_ITEMS = 1_024;

/** Members of parts that hold sound or pictures: counted, never kept. */
const MEDIA = ["audio", "image_url"] as const;

/** The items that the next response answers. */
export class RealtimeItems {
  #items: JsonRecord[] = [];
  /** What was said that has its words, or belongs to responses that are told already. */
  readonly #known = new Set<string>();

  /** Something that was said waits for its transcript. */
  get awaitsTranscript(): boolean {
    return this.#items.some((item) => item["isSpoken"] === true);
  }

  /** An item that the client adds. */
  add(value: unknown): void {
    const item = asRecord(value);
    if (item === undefined) return;
    this.#items.push(Array.isArray(item["content"]) ? { ...item, content: item["content"].map(withoutMedia) } : item);
    if (this.#items.length > MAX_ITEMS) this.#items.shift();
  }

  /** The user has said something: the client ended it (no id yet), or the server did. */
  addSpeech(id: string | undefined): void {
    const at = id === undefined
      ? -1
      : this.#items.findIndex((item) => item["isSpoken"] === true && item["id"] === undefined);
    const known = this.#items[at];
    if (id !== undefined && this.#items.some((item) => item["id"] === id)) return;
    if (known !== undefined) this.#items[at] = { ...known, id };
    else {this.add({
        type: "message",
        role: "user",
        content: [{ type: "input_audio" }],
        isSpoken: true,
        ...(id && { id }),
      });}
  }

  /** The words of what was said, or that there are none; without effect when its response is told already. */
  addTranscript(json: JsonRecord): void {
    // xAI tells again what it has heard so far, also when the words are known.
    if (json["status"] === "in_progress") return;
    const id = asFilledText(json["item_id"]);
    const transcript = asFilledText(json["transcript"])?.trim();
    const at = this.#items.findIndex((item) => item["isSpoken"] === true && (id === undefined || item["id"] === id));
    if (at < 0) {
      // Said before the capture began, or by a server that does not tell of speech.
      if (transcript && this.#isNew(id)) this.add({ type: "message", role: "user", content: transcript });
      return;
    }
    const { isSpoken: _, ...item } = this.#items[at] ?? {};
    this.#isNew(id);
    this.#items[at] = transcript
      ? { ...item, content: [...asList(item["content"]), { type: "input_text", text: transcript }] }
      : item;
  }

  /** Notes that words of an item were met; false when they were before. */
  #isNew(id: string | undefined): boolean {
    if (id === undefined) return true;
    if (this.#known.has(id)) return false;
    if (this.#known.size < MAX_ITEMS) this.#known.add(id);
    return true;
  }

  /** Gives the items and starts anew. */
  release(): unknown[] {
    const items = this.#items;
    this.#items = [];
    for (const item of items) {
      const id = item["isSpoken"] === true ? asFilledText(item["id"]) : undefined;
      this.#isNew(id);
    }
    return items;
  }
}

function withoutMedia(value: unknown): unknown {
  const part = asRecord(value);
  if (part === undefined || !MEDIA.some((name) => part[name] !== undefined)) return value;
  const rest: Record<string, unknown> = { ...part };
  for (const name of MEDIA) delete rest[name];
  // A transcript that the client states is what was said.
  return asText(part["transcript"]) === undefined ? rest : { type: "input_text", text: part["transcript"] };
}
