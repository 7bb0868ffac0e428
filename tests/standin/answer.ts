/** What the stand-in sends back: a head and pieces, each after its own pause. */

/** One write of the answer's body. */
export interface Piece {
  readonly bytes: Uint8Array;
  /** Time the stand-in waits before it writes the piece. */
  readonly pauseMs: number;
}

/** An answer before it is written. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** More than one for a stream. */
  readonly pieces: readonly Piece[];
}

/** A request as it arrived. */
export interface StandinRequest {
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What a client may ask of the stand-in in the header `x-standin`, as JSON. */
export interface Wishes {
  /** Answer with an error of this status. */
  readonly status?: number;
  /** Wait before the head. */
  readonly delayMs?: number;
  /** Wait before each piece of a stream. */
  readonly pauseMs?: number;
  /** Text pieces of a stream. */
  readonly chunks?: number;
  /** Length of the answer's text at least. */
  readonly textBytes?: number;
  /** `gzip`, `br` or `deflate`. */
  readonly coding?: string;
  /** What the model says, instead of the stand-in's own words. */
  readonly text?: string;
  /** Tool that the model asks for. */
  readonly tool?: { readonly name: string; readonly arguments: unknown };
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** Full name of the model that answers, where the request has a short one. */
  readonly model?: string;
  /** Name of the call in the answer's ids. */
  readonly id?: string;
  /** Seconds in the `retry-after` of a 429. */
  readonly retryAfterS?: number;
  /** Words of the error that `status` asks for. */
  readonly errorText?: string;
}

/** Makes answers of one message format. */
export interface Endpoint {
  /** The path, or what all its paths have in common. */
  readonly path: string | RegExp;
  answer(body: Record<string, unknown>, wishes: Wishes, path: string): Answer;
  error(status: number, text?: string): Record<string, unknown>;
}

const encoder = new TextEncoder();

/** A JSON answer in one piece. */
export function jsonAnswer(value: unknown, status = 200): Answer {
  return { status, headers: { "content-type": "application/json" }, pieces: [toPiece(JSON.stringify(value))] };
}

/** An answer as server-sent events. Each text is one event, written on its own. */
export function eventAnswer(events: readonly string[], wishes: Wishes): Answer {
  return {
    status: 200,
    headers: { "content-type": "text/event-stream; charset=utf-8" },
    pieces: events.map((event) => toPiece(event + "\n\n", wishes.pauseMs)),
  };
}

/** A text to be written after a pause. */
export function toPiece(text: string, pauseMs = 0): Piece {
  return { bytes: encoder.encode(text), pauseMs };
}

/** Gives a member that is an object, else an empty one. */
export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : {};
}

/** Gives a member that is an array, else an empty one. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
