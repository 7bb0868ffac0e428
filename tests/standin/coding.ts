import { createBrotliCompress, createDeflate, createGzip } from "node:zlib";
import type { Answer, Piece } from "./answer.ts";
import { concat } from "./der.ts";

const CODERS = { gzip: createGzip, br: createBrotliCompress, deflate: createDeflate };

/** Encodes an answer's body; each piece is flushed, so that a reader can decode it before the next one is written. */
export async function encodeAnswer(answer: Answer, coding: string | undefined): Promise<Answer> {
  if (coding !== "gzip" && coding !== "br" && coding !== "deflate") return answer;
  const coder = CODERS[coding]();
  let parts: Uint8Array[] = [];
  coder.on("data", (part: Uint8Array) => parts.push(part));
  const take = (): Uint8Array => {
    const joined = concat(...parts);
    parts = [];
    return joined;
  };
  const pieces: Piece[] = [];
  for (const piece of answer.pieces) {
    coder.write(piece.bytes);
    await new Promise<void>((done) => coder.flush(() => done()));
    pieces.push({ bytes: take(), pauseMs: piece.pauseMs });
  }
  await new Promise<void>((done) => {
    coder.on("end", () => done());
    coder.end();
  });
  pieces.push({ bytes: take(), pauseMs: 0 });
  const isStream = answer.headers["content-type"]?.startsWith("text/event-stream") ?? false;
  const whole = { bytes: concat(...pieces.map((piece) => piece.bytes)), pauseMs: pieces[0]?.pauseMs ?? 0 };
  return { ...answer, headers: { ...answer.headers, "content-encoding": coding }, pieces: isStream ? pieces : [whole] };
}
