import { type Recording } from "./recording.ts";
import { tryParse } from "./pick.ts";

/** What a recording says, by fact; a fact it does not tell is missing. Values are compared as JSON. */
export interface Facts {
  request_type?: string;
  request_model?: string;
  streaming_request?: boolean;
  message_count?: number;
  message_texts?: readonly string[];
  system_prompt?: string;
  tools?: readonly string[];
  temperature?: number;
  max_tokens?: number;
  input_count?: number;
  status?: number;
  success?: boolean;
  request_id?: string;
  response_model?: string;
  streaming?: boolean;
  contents?: readonly string[];
  reasoning?: string;
  /** `name arguments-as-JSON` of each call, all choices, in order. */
  tool_calls?: readonly string[];
  finish_reason?: string;
  prompt_tokens?: number;
  completion_tokens?: number;
  total_tokens?: number;
  cached_tokens?: number;
  reasoning_tokens?: number;
  error_message?: string;
  dimensions?: number;
  embedding_count?: number;
}

/** Reads the facts of recordings of one format straight from the recording. */
export interface Oracle {
  /** Word of the table's format column. */
  readonly format: string;
  /** The recording is of this format. */
  accepts(recording: Recording): boolean;
  /** Facts it does not read; all others count as invented when an event states them and the recording does not. */
  readonly unread: readonly (keyof Facts)[];
  /** Its facts. */
  read(recording: Recording): Facts;
}

/** Body of the answer, with base64 of the recorder undone. */
export function answerText(recording: Recording): string {
  const text = recording.responseBody;
  if (!/^[A-Za-z0-9+/\s]{8,}={0,2}\s*$/.test(text)) return text;
  try {
    const bytes = Uint8Array.from(atob(text.replace(/\s+/g, "")), (char) => char.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    return text;
  }
}

/** Data of the server-sent events of a text, joined over several lines; undefined when the text is no event stream. */
export function eventData(text: string): readonly string[] | undefined {
  const blocks = text.split(/\r?\n\r?\n/);
  const events = blocks.map((block) =>
    [...block.matchAll(/^data: ?(.*)$/gm)].map((match) => match[1]?.replace(/\r$/, ""))
  );
  if (events.every((lines) => lines.length === 0)) return undefined;
  return events.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
}

/** JSON of each event, those that are no JSON (`[DONE]`) left out. */
export function eventJson(text: string): readonly unknown[] | undefined {
  return eventData(text)?.map(tryParse).filter((json) => json !== undefined);
}

/** Removes members that are undefined. */
export function toFacts(facts: { [K in keyof Facts]: Facts[K] | undefined }): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as Facts;
}

/** One call as a line. */
export function callLine(name: unknown, args: unknown): string {
  const parsed = typeof args === "string" ? (args === "" ? {} : tryParse(args)) : args;
  return `${String(name)} ${JSON.stringify(parsed)}`;
}

/** The vendor's id of a call from the headers, for answers whose body has none. */
export function headerRequestId(recording: Recording): string | undefined {
  const { responseHeaders } = recording;
  return responseHeaders["x-request-id"] ?? responseHeaders["request-id"] ?? responseHeaders["apim-request-id"] ??
    responseHeaders["x-amzn-requestid"];
}
