/**
 * Stands in a recording for an exchange that was no model call: as long as it was, framed like it, saying nothing. Offsets and
 * the numbers of the exchanges after it stay what they were live.
 */
const PADDED_LIMIT_BYTES = 4096;
const encoder = new TextEncoder();

/** Gives the beginning of a request of `length` bytes; what is missing is body, which nobody has to see. Undefined: too short. */
export function requestFiller(length: number): Uint8Array | undefined {
  return fill(length, "POST / HTTP/1.1", (padding) => `GET /${padding} HTTP/1.1\r\n\r\n`);
}

/** Gives the beginning of a response of `length` bytes. */
export function responseFiller(length: number): Uint8Array | undefined {
  return fill(length, "HTTP/1.1 200 OK", (padding) => `HTTP/1.1 204 ${padding}\r\n\r\n`);
}

function fill(length: number, startLine: string, empty: (padding: string) => string): Uint8Array | undefined {
  const paddingBytes = length - empty("").length;
  if (paddingBytes < 0) return undefined;
  const head = length > PADDED_LIMIT_BYTES ? headWithBody(length, startLine) : undefined;
  return encoder.encode(head ?? empty("*".repeat(paddingBytes)));
}

/** A head that announces as many body bytes as are missing to `length`; undefined where no number of digits fits. */
function headWithBody(length: number, startLine: string): string | undefined {
  const head = (bodyBytes: number) => `${startLine}\r\ncontent-length: ${bodyBytes}\r\n\r\n`;
  const withRoom = head(length - head(length).length);
  const bodyBytes = length - withRoom.length;
  return head(bodyBytes).length + bodyBytes === length ? head(bodyBytes) : undefined;
}
