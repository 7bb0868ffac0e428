/** What a Realtime session is set to: what the client asked for, and what the server says where the client said nothing. */
import { asFilledText, asList, asRecord, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";

/** Settings that the server's word is taken for; others it states are its defaults, which nobody asked for. */
const TOLD = ["model", "instructions", "tools"] as const;

/** The settings of one session. */
export class RealtimeSession {
  #asked: JsonRecord;
  #told: JsonRecord = {};

  /** `model` is what the address of the socket names. */
  constructor(model: string | undefined) {
    this.#asked = model === undefined ? {} : { model };
  }

  /** Transcripts of what the user says are wanted. */
  get hasTranscripts(): boolean {
    return hasTranscription(this.#asked) || hasTranscription(this.#told);
  }

  /** The model that serves the session, by the server's word. */
  get servedModel(): string | undefined {
    return asFilledText(this.#told["model"]);
  }

  /** `session.update` of the client. */
  ask(session: JsonRecord | undefined): void {
    if (session !== undefined) this.#asked = { ...this.#asked, ...session };
  }

  /** `session.created` or `session.updated` of the server. */
  tell(session: JsonRecord | undefined): void {
    if (session !== undefined) this.#told = { ...this.#told, ...session };
  }

  /** The settings of a response, which may state its own. */
  toBody(response: JsonRecord | undefined): JsonRecord {
    const told = Object.fromEntries(TOLD.map((name) => [name, this.#told[name]]));
    const body: Record<string, unknown> = { ...compact<JsonRecord>(told), ...this.#asked, ...response };
    // Without a conversation of its own the response goes on with the session's.
    delete body["conversation"];
    const limit = body["max_output_tokens"] ?? body["max_response_output_tokens"];
    delete body["max_output_tokens"];
    if (typeof limit === "number") body["max_output_tokens"] = limit;
    if (body["tools"] !== undefined) body["tools"] = asList(body["tools"]).map(flattenTool);
    return compact<JsonRecord>({ ...body, session_id: asFilledText(this.#told["id"]) });
  }
}

function hasTranscription(session: JsonRecord): boolean {
  const input = asRecord(asRecord(session["audio"])?.["input"]);
  return asRecord(input?.["transcription"]) !== undefined ||
    asRecord(session["input_audio_transcription"]) !== undefined;
}

/** xAI's server repeats tools as chat completions nest them. */
function flattenTool(value: unknown): unknown {
  const tool = asRecord(value);
  const nested = asRecord(tool?.["function"]);
  return nested === undefined ? value : { type: tool?.["type"], ...nested };
}
