import zlib from "node:zlib";
import { concat } from "./random.ts";

const encoder = new TextEncoder();

/** Builds one frame; masked with a fixed key when `isMasked`. `first` is FIN, RSV1 and opcode, for example 0x81. */
export function wsFrame(first: number, payload: Uint8Array | string, isMasked: boolean): Uint8Array {
  const bytes = typeof payload === "string" ? encoder.encode(payload) : payload;
  const { length } = bytes;
  const mask = isMasked ? 0x80 : 0;
  const size = length < 126 ? [mask | length] : [mask | 126, length >> 8, length & 0xff];
  const head = Uint8Array.from([first, ...size]);
  if (!isMasked) return concat([head, bytes]);
  const key = Uint8Array.of(0x11, 0xa2, 0x33, 0xf4);
  return concat([head, key, bytes.map((byte, at) => byte ^ (key[at & 3] ?? 0))]);
}

/** Compresses messages of one direction as permessage-deflate does, with a window that goes on over messages. */
export function deflateMessages(texts: readonly string[]): Uint8Array[] {
  let before = "";
  return texts.map((text) => {
    const options = { finishFlush: zlib.constants.Z_SYNC_FLUSH };
    const packed = zlib.deflateRawSync(
      text,
      before === "" ? options : { ...options, dictionary: encoder.encode(before) },
    );
    before += text;
    return packed.subarray(0, packed.length - 4);
  });
}

/** Upgrade request and answer, with the answer's extensions. */
export function wsUpgrade(extensions = ""): { request: Uint8Array; response: Uint8Array } {
  const more = extensions === "" ? "" : `Sec-WebSocket-Extensions: ${extensions}\r\n`;
  const common = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  return {
    request: encoder.encode(`GET /v1/realtime?model=m HTTP/1.1\r\nHost: h\r\n${common}Sec-WebSocket-Key: x\r\n\r\n`),
    response: encoder.encode(`HTTP/1.1 101 Switching Protocols\r\n${common}${more}\r\n`),
  };
}
