/** What the client of a Live session said since the last call: contents, transcripts of speech, and counts of media. */
import { geminiField } from "./gemini_content.ts";
import { asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";

/** Most contents held between two calls; older ones are let go first. */
const MAX_CONTENTS = 1_024;
/** Longest transcript held; what is beyond is left out. */
const MAX_TRANSCRIPT_CHARS = 64 * 1024;
/** Media chunks stand for themselves one by one, so a long stream needs an end. */
const MAX_CHUNKS = 10_000;

/** Collects one call's contents. */
export class GeminiLiveInput {
  /** When the client ended its input by itself, with text or by saying so; undefined when only the server can tell. */
  endNs: number | undefined;
  #contents: unknown[] = [];
  #transcript = "";
  /** Chunks by media type. */
  #chunks = new Map<string, number>();

  /** Takes a message. True: it asks for an answer at once. */
  take(json: JsonRecord, timeNs: number): boolean {
    const content = asRecord(geminiField(json, "clientContent"));
    if (content !== undefined) {
      for (const turn of asRecords(content["turns"])) this.#add(turn);
      if (geminiField(content, "turnComplete") === true) return true;
    }
    const realtime = asRecord(geminiField(json, "realtimeInput"));
    if (realtime !== undefined) this.#realtime(realtime, timeNs);
    return false;
  }

  /** Adds the results of tools. */
  addResults(response: JsonRecord): void {
    const parts = asRecords(geminiField(response, "functionResponses")).map((one) => ({ functionResponse: one }));
    if (parts.length > 0) this.#add({ role: "user", parts });
  }

  /** Adds a piece of what the server heard. */
  addTranscript(transcription: JsonRecord | undefined): void {
    const text = asText(transcription?.["text"]);
    if (text !== undefined && this.#transcript.length < MAX_TRANSCRIPT_CHARS) this.#transcript += text;
  }

  /** Gives the contents and starts anew. */
  release(): unknown[] {
    const contents = this.#contents;
    const media = [...this.#chunks].flatMap(([mimeType, count]) =>
      Array.from({ length: count }, () => ({ inlineData: { mimeType } }))
    );
    const spoken = this.#transcript.trim();
    const parts = [...(spoken === "" ? [] : [{ text: spoken }]), ...media];
    if (parts.length > 0) contents.push({ role: "user", parts });
    this.#contents = [];
    this.#transcript = "";
    this.#chunks = new Map();
    this.endNs = undefined;
    return contents;
  }

  #realtime(input: JsonRecord, timeNs: number): void {
    const text = asText(input["text"]);
    if (text !== undefined) this.#add({ role: "user", parts: [{ text }] });
    const media = [
      ...asRecords(geminiField(input, "mediaChunks")),
      ...asRecords([input["audio"]]),
      ...asRecords([input["video"]]),
    ];
    for (const chunk of media) this.#count(asText(geminiField(chunk, "mimeType")) ?? "");
    const hasEnded = text !== undefined || geminiField(input, "activityEnd") !== undefined;
    // Sound that goes on after it leaves open what the server answers.
    if (hasEnded) this.endNs = timeNs;
    else if (media.length > 0) this.endNs = undefined;
  }

  #count(mimeType: string): void {
    const kind = mimeType.split(";", 1)[0] ?? "";
    const count = this.#chunks.get(kind) ?? 0;
    if (count < MAX_CHUNKS && (count > 0 || this.#chunks.size < 16)) this.#chunks.set(kind, count + 1);
  }

  #add(content: JsonRecord): void {
    this.#contents.push(compact({ role: content["role"], parts: asRecords(content["parts"]).map(withoutData) }));
    if (this.#contents.length > MAX_CONTENTS) this.#contents.shift();
  }
}

function withoutData(part: JsonRecord): JsonRecord {
  const media = asRecord(geminiField(part, "inlineData"));
  return media === undefined ? part : { inlineData: { mimeType: geminiField(media, "mimeType") } };
}
