import { awsEventStream } from "./aws_event_stream.ts";
import { binary } from "./binary.ts";
import type { BodyFormat } from "./body_format.ts";
import { envelope } from "./envelope.ts";
import { formUrlencoded } from "./form_urlencoded.ts";
import { json } from "./json.ts";
import { jsonArray } from "./json_array.ts";
import { jsonValues } from "./json_values.ts";
import { messageStream } from "./message_stream.ts";
import { multipart } from "./multipart.ts";
import { ndjson } from "./ndjson.ts";
import { protobuf } from "./protobuf.ts";
import { sse } from "./sse.ts";
import { text } from "./text.ts";

const NO_BYTES = new Uint8Array(0);

/** Every body format. */
export const BODY_FORMATS: readonly BodyFormat[] = [
  json,
  sse,
  ndjson,
  jsonArray,
  jsonValues,
  awsEventStream,
  envelope,
  protobuf,
  multipart,
  formUrlencoded,
  messageStream,
  text,
  binary,
];

/** Content types are few and come with every body. */
const byContentType = new Map<string, BodyFormat | undefined>();
const MAX_REMEMBERED = 256;

/** Gives the format that is sure by content type alone. */
export function findByContentType(contentType: string): BodyFormat | undefined {
  if (byContentType.has(contentType)) return byContentType.get(contentType);
  const format = BODY_FORMATS.find((format) => format.sniff(contentType, NO_BYTES) === 1);
  if (byContentType.size < MAX_REMEMBERED) byContentType.set(contentType, format);
  return format;
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
