/** Bytes of HTTP/1.1 exchanges with a provider, for tests that cross folders. All texts are made up. */
import { Buffer } from "node:buffer";

/** One piece of a connection for `--from records`. */
export interface Piece {
  readonly conn: number;
  readonly dir: "w" | "r";
  readonly bytes: Uint8Array;
  readonly timeNs: number;
  readonly pid?: number;
  readonly closed?: boolean;
}

/** A key of the right shape that is nobody's. */
export const SECRET_KEY = "sk-proj-" + "Zq4".repeat(16);

const encoder = new TextEncoder();

/** A chat completions request. */
export function chatRequest(
  prompt: string,
  options: { stream?: boolean; headers?: string; target?: string } = {},
): Uint8Array {
  const body = JSON.stringify({
    model: "gpt-4o-mini",
    ...(options.stream === true ? { stream: true } : {}),
    messages: [{ role: "user", content: prompt }],
  });
  return encoder.encode(
    `POST ${
      options.target ?? "/v1/chat/completions"
    } HTTP/1.1\r\nHost: api.openai.com\r\nAuthorization: Bearer ${SECRET_KEY}\r\n` +
      `${options.headers ?? ""}Content-Type: application/json\r\nContent-Length: ${
        encoder.encode(body).length
      }\r\n\r\n${body}`,
  );
}

/** Its plain answer. */
export function chatResponse(answer: string, headers = ""): Uint8Array {
  const body = JSON.stringify({
    id: "chatcmpl-1",
    model: "gpt-4o-mini-2024-07-18",
    choices: [{ index: 0, message: { role: "assistant", content: answer }, finish_reason: "stop" }],
    usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
  });
  return encoder.encode(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${headers}Content-Length: ${
      encoder.encode(body).length
    }\r\n\r\n${body}`,
  );
}

/** A streamed answer in chunked coding, one event a chunk; the head first. */
export function chatStream(words: readonly string[]): readonly Uint8Array[] {
  const base = { id: "chatcmpl-2", model: "gpt-4o-mini-2024-07-18", object: "chat.completion.chunk" };
  const choice = (delta: unknown, finish: string | null = null) => ({
    ...base,
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const messages = [
    choice({ role: "assistant", content: "" }),
    ...words.map((word) => choice({ content: word })),
    choice({}, "stop"),
  ];
  const texts = [...messages.map((message) => JSON.stringify(message)), "[DONE]"].map((text) => `data: ${text}\n\n`);
  const chunks = texts.map((text) => `${encoder.encode(text).length.toString(16)}\r\n${text}\r\n`);
  const head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
  return [head, ...chunks, "0\r\n\r\n"].map((text) => encoder.encode(text));
}

/** A request that is no model call. */
export function healthRequest(path = "/health"): Uint8Array {
  return encoder.encode(`GET ${path} HTTP/1.1\r\nHost: api.openai.com\r\nAccept: */*\r\n\r\n`);
}

/** Its answer. */
export function healthResponse(body = "private weather report"): Uint8Array {
  return encoder.encode(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
}

/** Lines of `--from records`. */
export function toRecords(pieces: readonly Piece[]): string {
  return pieces.map((piece) =>
    JSON.stringify({
      conn: piece.conn,
      pid: piece.pid ?? 100,
      comm: "python3",
      dir: piece.dir,
      ts_ns: piece.timeNs,
      data: Buffer.from(piece.bytes).toString("base64"),
      ...(piece.closed === true ? { closed: true } : {}),
    }) + "\n"
  ).join("");
}

/** Two connections: plain and streamed chats, requests that are none in between, several exchanges each. */
export function mixedPieces(): readonly Piece[] {
  const pieces: Piece[] = [];
  let timeNs = 1_000_000_000;
  const add = (conn: number, dir: "w" | "r", ...all: readonly Uint8Array[]) => {
    for (const bytes of all) pieces.push({ conn, dir, bytes, timeNs: timeNs += 3_000_000 });
  };
  add(1, "w", chatRequest("first question"));
  add(2, "w", healthRequest());
  add(1, "r", chatResponse("first answer"));
  add(2, "r", healthResponse());
  add(2, "w", healthRequest("/metrics?token=private"));
  add(2, "r", healthResponse("private ".repeat(2000)));
  add(2, "w", chatRequest("second question", { stream: true }));
  add(1, "w", healthRequest());
  add(2, "r", ...chatStream(["a", " b", " ünï", " d"]));
  add(1, "r", healthResponse());
  add(1, "w", chatRequest("third question"));
  add(1, "r", chatResponse("third answer", "Set-Cookie: session=verysecretcookie\r\n"));
  add(2, "w", chatRequest("fourth question"));
  add(2, "r", chatResponse("fourth answer"));
  return pieces.map((piece, index) => index === pieces.length - 1 ? { ...piece, closed: true } : piece);
}
