/** Conversations of clients that pipeline, as the kernel's records. */
import type { RawData } from "../../core/model/raw_capture.ts";
import { chatRequest, chatResponse, chatStream } from "./chat_bytes.ts";
import { FactMaker } from "./facts.ts";
import { concat, cut, type Random } from "./random.ts";

/** How a client sends: `serial` waits for each answer, `burst` for all of several, `window` keeps several in flight, `any` mixes. */
export type Manner = "serial" | "burst" | "window" | "any";

/** What a conversation is made with. */
export interface PipelinedOptions {
  readonly manner: Manner;
  readonly calls: number;
  /** Largest number of requests in flight. */
  readonly depth: number;
  /** `whole`: one record a message; `cut`: records end anywhere; `joined`: several messages may share a record. */
  readonly framing: "whole" | "cut" | "joined";
  /** The client names its requests, and the server says the name again. */
  readonly hasIds?: boolean;
  /** Silence after every so many calls, when all are answered, in seconds. */
  readonly pauses?: { readonly every: number; readonly seconds: number };
}

interface Step {
  readonly arrow: ">" | "<";
  readonly bytes: Uint8Array;
  readonly pauseBefore: number;
}

/** The records of one conversation: question `q.N` is answered by `a.N`, N from 0. */
export function pipelinedRecords(options: PipelinedOptions, random: Random): RawData[] {
  const facts = new FactMaker();
  return pack(toSteps(options, random), options, random).flatMap(({ arrow, bytes, pauseBefore }) => {
    facts.wait(pauseBefore);
    const seed = options.framing === "cut" && !random.once(3) ? 2 + random.below(1e6) : 0;
    return cut(bytes, seed).map((piece) => facts.data(arrow, piece));
  });
}

function toSteps(options: PipelinedOptions, random: Random): Step[] {
  const { calls, hasIds } = options;
  const steps: Step[] = [];
  let [asked, answered] = [0, 0];
  while (answered < calls) {
    if (asks(options, asked, answered, random)) {
      const isStream = random.once(3);
      const headers = hasIds === true ? `X-Request-Id: call-${asked}\r\n` : "";
      const isAfterPause = asked === answered && asked > 0 && asked % (options.pauses?.every ?? Infinity) === 0;
      steps.push({
        arrow: ">",
        bytes: chatRequest(`q.${asked}. ${"x".repeat(random.below(120))}`, { stream: isStream, headers }),
        pauseBefore: isAfterPause ? options.pauses?.seconds ?? 0 : 0,
      });
      asked++;
    } else {
      const headers = hasIds === true ? `X-Request-Id: call-${answered}\r\n` : "";
      const text = `a.${answered}. ${"y".repeat(random.below(120))}`;
      const bytes = random.once(3) ? withHeaders(concat(chatStream([text])), headers) : chatResponse(text, headers);
      steps.push({ arrow: "<", bytes, pauseBefore: 0 });
      answered++;
    }
  }
  return steps;
}

function asks({ manner, calls, depth }: PipelinedOptions, asked: number, answered: number, random: Random): boolean {
  if (asked === calls) return false;
  const inFlight = asked - answered;
  if (inFlight === 0) return true;
  if (manner === "serial") return false;
  if (manner === "window") return inFlight < depth;
  if (manner === "burst") return asked % depth !== 0;
  return inFlight < depth && random.once(2);
}

function withHeaders(bytes: Uint8Array, headers: string): Uint8Array {
  const text = new TextDecoder("latin1").decode(bytes);
  const at = text.indexOf("\r\n") + 2;
  return concat([bytes.subarray(0, at), new TextEncoder().encode(headers), bytes.subarray(at)]);
}

function pack(steps: readonly Step[], { framing }: PipelinedOptions, random: Random): readonly Step[] {
  if (framing !== "joined") return steps;
  const packed: Step[] = [];
  for (const step of steps) {
    const last = packed.at(-1);
    if (last?.arrow === step.arrow && step.pauseBefore === 0 && random.once(2)) {
      packed[packed.length - 1] = { ...last, bytes: concat([last.bytes, step.bytes]) };
    } else packed.push(step);
  }
  return packed;
}
