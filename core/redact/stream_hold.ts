/**
 * Holds streamed pieces back until their text can be shown. In: `ai.streaming_chunk` events. Out: the same events, one piece
 * late, whose text has moved to later pieces where a rule might still have matched across the end.
 */
import type { EventOf } from "../model/oisp_event.ts";
import type { Scanner } from "./scanner.ts";
import { StreamLane } from "./stream_lane.ts";

/** Streams held at once; the one that waits longest is given up for another. */
const MOST_STREAMS = 1024;
/** A stream without a piece for this long is given up. */
const IDLE_NS = 600e9;

type ChunkEvent = EventOf<"ai.streaming_chunk">;

/** An event that may leave. */
export interface ReleasedChunk {
  /** As it came. */
  readonly original: ChunkEvent;
  /** With masked text that may be shown in place of its own. */
  readonly shifted: ChunkEvent;
}

/** What is known of one stream. */
interface HeldStream {
  readonly content: StreamLane;
  /** All tool arguments of the stream: pieces do not all say which call they belong to. */
  readonly toolArguments: StreamLane;
  /** The last piece, which the rest is given with when the stream ends. */
  last: ChunkEvent;
  shownContent: string;
  shownArguments: string;
  lastPieceNs: number;
}

/** All streams under way. */
export class StreamHold {
  readonly #scanner: Scanner;
  /** By the request's event id, in the order of their last piece. */
  readonly #streams = new Map<string, HeldStream>();
  #nowNs = 0;

  /** Takes the scanner that finds secrets in the pieces. */
  constructor(scanner: Scanner) {
    this.#scanner = scanner;
  }

  /** Takes a piece; gives the one before it, and the last one of a stream that had to be given up. */
  push(event: ChunkEvent): ReleasedChunk[] {
    const id = event.data.related_event_id ?? event.event_id;
    const held = this.#streams.get(id);
    const released = held === undefined ? this.#makeRoom() : [toReleased(held)];
    const stream = held ?? this.#open(event);
    stream.last = event;
    stream.lastPieceNs = this.#nowNs;
    stream.shownContent = stream.content.push(event.data.delta?.content ?? "");
    stream.shownArguments = stream.toolArguments.push(joinArguments(event));
    this.#streams.delete(id);
    this.#streams.set(id, stream);
    return released;
  }

  /** The stream ended: its last piece carries all the rest. */
  end(id: string): ReleasedChunk[] {
    const stream = this.#streams.get(id);
    if (stream === undefined) return [];
    this.#streams.delete(id);
    stream.shownContent += stream.content.end();
    stream.shownArguments += stream.toolArguments.end();
    return [toReleased(stream)];
  }

  /** Gives up streams that have been idle too long. */
  advance(nowNs: number): ReleasedChunk[] {
    this.#nowNs = Math.max(nowNs, this.#nowNs);
    const released: ReleasedChunk[] = [];
    for (const [id, stream] of this.#streams) {
      if (this.#nowNs - stream.lastPieceNs < IDLE_NS) break;
      released.push(this.#giveUp(id, stream));
    }
    return released;
  }

  /** Ends all streams. */
  close(): ReleasedChunk[] {
    return [...this.#streams.keys()].flatMap((id) => this.end(id));
  }

  #open(event: ChunkEvent): HeldStream {
    const isTorn = event.data.chunk_index > 0;
    return {
      content: new StreamLane(this.#scanner, isTorn),
      toolArguments: new StreamLane(this.#scanner, isTorn),
      last: event,
      shownContent: "",
      shownArguments: "",
      lastPieceNs: this.#nowNs,
    };
  }

  #makeRoom(): ReleasedChunk[] {
    if (this.#streams.size < MOST_STREAMS) return [];
    for (const [id, stream] of this.#streams) return [this.#giveUp(id, stream)];
    return [];
  }

  #giveUp(id: string, stream: HeldStream): ReleasedChunk {
    this.#streams.delete(id);
    stream.shownContent += stream.content.giveUp();
    stream.shownArguments += stream.toolArguments.giveUp();
    return toReleased(stream);
  }
}

function joinArguments(event: ChunkEvent): string {
  let joined = "";
  for (const call of event.data.delta?.tool_calls ?? []) {
    if (typeof call.arguments === "string") joined += call.arguments;
    else if (call.arguments !== undefined) joined += JSON.stringify(call.arguments);
  }
  return joined;
}

/** The last piece of a stream with the text that may be shown in place of its own. */
function toReleased({ last, shownContent, shownArguments }: HeldStream): ReleasedChunk {
  const delta = { ...last.data.delta };
  if (delta.content !== undefined || shownContent !== "") delta.content = shownContent;
  const calls = delta.tool_calls?.map(({ arguments: _hidden, ...call }) => call);
  if (shownArguments !== "") delta.tool_calls = withArguments(calls ?? [], shownArguments);
  else if (calls !== undefined) delta.tool_calls = calls;
  return { original: last, shifted: { ...last, data: { ...last.data, delta } } };
}

function withArguments(
  calls: readonly { id?: string | undefined; name?: string | undefined; type?: string | undefined }[],
  shown: string,
): NonNullable<NonNullable<ChunkEvent["data"]["delta"]>["tool_calls"]> {
  const [first, ...rest] = calls;
  return [{ ...first, arguments: shown }, ...rest];
}
