/**
 * OpenAI Realtime over a WebSocket, and the vendors that speak it: one call per response. What the session was told before
 * (model, instructions, tools) and the items added since the last response make the request; sound is never kept, its
 * transcript is the text. A transcript comes while the response to it is under way: the response is held back until then.
 *
 * @see https://platform.openai.com/docs/api-reference/realtime (read 2026-11-21)
 */
import type { Dialect, RequestHead } from "./dialect.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { toRealtimeAnswer } from "./openai_realtime_answer.ts";
import { RealtimeItems } from "./openai_realtime_items.ts";
import { RealtimeSession } from "./openai_realtime_session.ts";
import { openaiResponses } from "./openai_responses.ts";
import { hasPathEnd } from "./path_end.ts";
import type { SocketDialect, TimedAnswer, TurnReader, TurnStep } from "./socket_dialect.ts";

/** Realtime turns have the shapes of Responses; only their kind differs. */
const realtimeTurn: Dialect = {
  ...openaiResponses,
  id: "openai_realtime",
  summary: "OpenAI Realtime, one call per response",
  stability: "experimental",
  docsUrl: "https://platform.openai.com/docs/api-reference/realtime",
  matchHead: () => 0,
  matchBody: () => 0,
  requestType: () => "realtime",
  decodeRequest: (view) => {
    const request = openaiResponses.decodeRequest(view);
    if (request === undefined) return undefined;
    const json = asRecord(view.json);
    const session = asFilledText(json?.["session_id"]);
    return {
      ...request,
      requestType: "realtime",
      ...(json?.["has_history"] === true && { isDelta: true }),
      ...(session !== undefined && { sessionKeys: { session_id: session } }),
    };
  },
};

/** OpenAI Realtime. */
export const openaiRealtime: SocketDialect = {
  id: "openai_realtime",
  summary: realtimeTurn.summary,
  stability: "experimental",
  docsUrl: realtimeTurn.docsUrl,
  dialect: realtimeTurn,
  matchHead: (head) => hasPathEnd(head.path, "realtime"),
  createTurns: (head) => new RealtimeTurns(head),
};

/** Longest answer held back for a transcript, in UTF-16 units. */
const MAX_HELD_CHARS = 64 * 1024;

/** The server refuses a response because one is under way, which goes on. */
const STILL_ACTIVE = "conversation_already_has_active_response";

/** Events after which the words of what was said are known, or known to be missing. */
const TRANSCRIBED: ReadonlySet<string> = new Set([
  "conversation.item.input_audio_transcription.completed",
  "conversation.item.input_audio_transcription.failed",
]);

/** A response that was asked for, or that the server makes by itself. */
interface Asked {
  readonly response: JsonRecord | undefined;
  readonly timeNs: number;
  readonly isUnasked: boolean;
}

/** A response whose request is not told yet. */
interface Held extends Asked {
  readonly answers: TimedAnswer[];
  chars: number;
}

class RealtimeTurns implements TurnReader {
  readonly #session: RealtimeSession;
  readonly #items = new RealtimeItems();
  #hasHistory = false;
  /** A response was asked for, or is under way. */
  #isOpen = false;
  /** The server has begun it. */
  #isCreated = false;
  /** The client asks for the next one while one is under way. */
  #next: Asked | undefined;
  #held: Held | undefined;

  constructor(head: RequestHead) {
    this.#session = new RealtimeSession(/(?:^|&)model=([^&%]+)/.exec(head.query)?.[1]);
  }

  client(json: JsonRecord, timeNs = 0): TurnStep | undefined {
    if (json.type === "session.update") this.#session.ask(asRecord(json.session));
    else if (json.type === "conversation.item.create") this.#items.add(json.item);
    else if (json.type === "input_audio_buffer.commit") this.#items.addSpeech(undefined);
    else if (json.type === "response.create") {
      const asked: Asked = { response: asRecord(json.response), timeNs, isUnasked: false };
      if (!this.#isOpen) return this.#begin(asked);
      this.#next = asked;
    }
    return undefined;
  }

  server(json: JsonRecord, text: string, hasTurn: boolean, timeNs = 0): TurnStep | undefined {
    const type = asText(json.type) ?? "";
    if (type === "session.created" || type === "session.updated") this.#session.tell(asRecord(json.session));
    else if (type === "input_audio_buffer.committed") this.#items.addSpeech(asFilledText(json.item_id));
    else if (TRANSCRIBED.has(type)) {
      this.#items.addTranscript(json);
      return this.#items.awaitsTranscript ? undefined : this.#letGo();
    } else if (type === "error") return this.#refuse(json, text);
    const opening = type === "response.created" ? this.#create(hasTurn, timeNs) : undefined;
    const answer = toRealtimeAnswer(type, json, text, this.#session.servedModel);
    if (answer === undefined) return opening;
    const isEnd = type === "response.done";
    if (isEnd) this.#end();
    if (this.#held === undefined) return { ...opening, answer, isEnd };
    this.#held.answers.push({ text: answer, timeNs });
    this.#held.chars += answer.length;
    return isEnd || this.#held.chars > MAX_HELD_CHARS ? { ...this.#letGo(), isEnd } : undefined;
  }

  close(): TurnStep | undefined {
    return this.#letGo();
  }

  /** `response.created`: the server answers what was asked, or by itself, when it hears the end of speech. */
  #create(hasTurn: boolean, timeNs: number): TurnStep | undefined {
    const isAsked = this.#isOpen && !this.#isCreated && (hasTurn || this.#held !== undefined);
    const asked = this.#next;
    if (!isAsked) this.#next = undefined;
    const step = isAsked ? undefined : this.#begin(asked ?? { response: undefined, timeNs, isUnasked: true });
    this.#isCreated = true;
    return step;
  }

  /** A response begins; it is told at once, unless words that belong to its request are still to come. */
  #begin(asked: Asked): TurnStep | undefined {
    this.#isOpen = true;
    this.#isCreated = false;
    if (!this.#session.hasTranscripts || !this.#items.awaitsTranscript) return this.#toStep(asked);
    this.#held = { ...asked, answers: [], chars: 0 };
    return undefined;
  }

  #letGo(): TurnStep | undefined {
    const held = this.#held;
    this.#held = undefined;
    return held === undefined ? undefined : { ...this.#toStep(held), earlier: held.answers };
  }

  #toStep({ response, timeNs, isUnasked }: Asked): TurnStep {
    // A response outside of the conversation has its own input, and leaves the conversation as it is.
    const isOutside = response?.["conversation"] === "none" || response?.["input"] !== undefined;
    const request = {
      ...this.#session.toBody(response),
      input: isOutside ? asList(response?.["input"]) : this.#items.release(),
      stream: true,
      ...(this.#hasHistory && !isOutside && { has_history: true }),
    };
    this.#hasHistory ||= !isOutside;
    return { request, requestNs: timeNs, ...(isUnasked && { isUnasked }) };
  }

  /** An error that no response is told by: it refuses what was asked last, or speaks of something else. */
  #refuse(json: JsonRecord, text: string): TurnStep | undefined {
    if (asRecord(json.error)?.["code"] === STILL_ACTIVE) this.#next = undefined;
    if (!this.#isOpen || this.#isCreated) return undefined;
    this.#end();
    return { ...this.#letGo(), answer: text, isEnd: true };
  }

  #end(): void {
    this.#isOpen = false;
    this.#isCreated = false;
  }
}
