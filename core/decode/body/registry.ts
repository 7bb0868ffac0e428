import { binary } from "./binary.ts";
import type { BodyFormat } from "./body_format.ts";
import { json } from "./json.ts";
import { sse } from "./sse.ts";

const NO_BYTES = new Uint8Array(0);

/** Every body format. */
export const BODY_FORMATS: readonly BodyFormat[] = [
  json,
  sse,
  binary,
];

/** Gives the format that is sure by content type alone. */
export function findByContentType(contentType: string): BodyFormat | undefined {
  return BODY_FORMATS.find((format) => format.sniff(contentType, NO_BYTES) === 1);
}

/** Gives the format that claims a body most surely. `contentType` is lower case, "" when absent. */
export function findBodyFormat(contentType: string, firstBytes: Uint8Array): BodyFormat {
  let best: BodyFormat = binary;
  let bestScore = 0;
  for (const format of BODY_FORMATS) {
    const score = format.sniff(contentType, firstBytes);
    if (score > bestScore) {
      best = format;
      bestScore = score;
    }
  }
  return best;
}
