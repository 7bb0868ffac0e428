import type { BodyEndSink } from "../../core/decode/body/body_decoder_types.ts";
import type { BodyFormat, BodyMessage, BodyMessageSink } from "../../core/decode/body/body_format.ts";
import type { Completeness } from "../../core/model/http_exchange.ts";
import { cut } from "./random.ts";

/** Keeps the messages of one body, as lines. */
export class BodyLog implements BodyEndSink {
  readonly lines: string[] = [];
  readonly messages: BodyMessage[] = [];
  readonly timesNs: number[] = [];

  message(message: BodyMessage, timeNs: number): void {
    this.messages.push(message);
    this.timesNs.push(timeNs);
    const { name, text, headers } = message;
    const more = headers === undefined ? "" : ` ${JSON.stringify([...headers])}`;
    this.lines.push(`${name === undefined ? "" : `${name}: `}${text}${more}`);
  }

  problem(reason: string): void {
    this.lines.push(`<${reason}>`);
  }

  bodyEnd(completeness: Completeness, _timeNs: number, format: string | undefined): void {
    this.lines.push(`end ${completeness} ${format}`);
  }
}

/** Runs a body through a format, cut by `seed` (see `cut`). */
export function runBody(
  format: BodyFormat,
  body: Uint8Array,
  seed: number,
  contentType = "",
  isComplete = true,
): string[] {
  const log = new BodyLog();
  const sink: BodyMessageSink = log;
  const parser = format.createParser(sink, contentType);
  for (const piece of cut(body, seed)) parser.push(piece, 1);
  parser.end(isComplete, 2);
  return log.lines;
}
