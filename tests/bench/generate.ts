/**
 * The fixed input of the pipeline benchmarks, in the text form of captured bytes (`--from records`): one line a TLS call.
 *
 * Shape of the traffic: eight keep-alive connections that take turns; a chat request of about 3 KB in one write; an answer of
 * about 1.4 KB in one read, or a stream whose events of about 240 B come one a read, chunked. One word in seven holds something
 * that is not plain ASCII. The same seed gives the same bytes.
 */
const encoder = new TextEncoder();
const WORDS =
  ("stream token reader probe kernel buffer latency request answer model value error please compare explain list " +
    'write returns function edge cases summary tests naïve café “quote” line\nbreak tab\there back\\slash "double" emoji😀 слово 世界')
    .split(" ");

/** Kinds of traffic; of a mix every tenth call is a stream. */
export type BenchKind = "chat" | "sse" | "mix";
type CallKind = Exclude<BenchKind, "mix">;

/** Seeded generator of whole numbers below a bound (mulberry32). */
export function createDice(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

/** Makes the lines one after the other; `write` gets each, `gotBytes` the size of its payload. */
export function generate(kind: BenchKind, count: number, write: (line: string, payloadBytes: number) => void): void {
  const generator = new Generator(write);
  for (let index = 0; index < count; index++) {
    generator.pair(kind === "mix" ? index % 10 === 9 ? "sse" : "chat" : kind, index);
  }
}

const STREAM_CHUNKS = 200;

class Generator {
  readonly #dice = createDice(2026);
  readonly #write: (line: string, payloadBytes: number) => void;
  #timeNs = 1_000_000_000;

  constructor(write: (line: string, payloadBytes: number) => void) {
    this.#write = write;
  }

  pair(kind: CallKind, index: number): void {
    const connection = index % 8;
    this.#emit(connection, "w", this.#request(kind, index));
    if (kind === "chat") this.#emit(connection, "r", this.#answer(index));
    else this.#stream(connection, index);
    this.#timeNs += 200_000;
  }

  #text(length: number): string {
    let text = "";
    while (text.length < length) text += WORDS[this.#dice(WORDS.length)] + " ";
    return text;
  }

  #request(kind: CallKind, index: number): Uint8Array {
    const body = encoder.encode(JSON.stringify({
      model: "gpt-4o-mini",
      temperature: 0.3,
      max_tokens: 700,
      user: `user-${index % 89}`,
      ...(kind === "sse" ? { stream: true, stream_options: { include_usage: true } } : {}),
      messages: [
        { role: "system", content: this.#text(900) },
        { role: "user", content: this.#text(600) },
        { role: "assistant", content: this.#text(500) },
        { role: "user", content: `Q${index} ${this.#text(430)}` },
      ],
    }));
    const head = encoder.encode(
      "POST /v1/chat/completions HTTP/1.1\r\nHost: api.openai.com\r\nAccept-Encoding: identity\r\nAccept: application/json\r\n" +
        "Content-Type: application/json\r\nUser-Agent: OpenAI/Python 2.1.0\r\nX-Stainless-Lang: python\r\n" +
        `Authorization: Bearer sk-proj-${"bench".repeat(8)}\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    return join(head, body);
  }

  #head(kind: CallKind, framing: string): Uint8Array {
    return encoder.encode(
      "HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 10:00:00 GMT\r\n" +
        `Content-Type: ${kind === "sse" ? "text/event-stream; charset=utf-8" : "application/json"}\r\n` +
        `x-request-id: req_${this.#dice(1e9)}\r\nopenai-processing-ms: ${
          200 + this.#dice(300)
        }\r\nServer: cloudflare\r\n` +
        framing + "\r\n\r\n",
    );
  }

  #envelope(kind: CallKind, index: number): Record<string, unknown> {
    const object = kind === "sse" ? "chat.completion.chunk" : "chat.completion";
    return {
      id: `chatcmpl-${index}`,
      object,
      created: 1_790_000_000 + index,
      model: "gpt-4o-mini-2024-07-18",
      system_fingerprint: "fp_bench",
    };
  }

  #usage(): Record<string, unknown> {
    const [input, output] = [480 + this.#dice(50), 200 + this.#dice(40)];
    return {
      prompt_tokens: input,
      completion_tokens: output,
      total_tokens: input + output,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    };
  }

  #answer(index: number): Uint8Array {
    const message = { role: "assistant", content: `A${index} ${this.#text(640)}`, refusal: null };
    const body = encoder.encode(JSON.stringify({
      ...this.#envelope("chat", index),
      choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
      usage: this.#usage(),
    }));
    return join(this.#head("chat", `Content-Length: ${body.length}`), body);
  }

  #stream(connection: number, index: number): void {
    const envelope = this.#envelope("sse", index);
    const choice = (delta: unknown, finishReason: string | null) => ({
      ...envelope,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
    });
    this.#emit(connection, "r", this.#head("sse", "Transfer-Encoding: chunked"));
    this.#event(connection, JSON.stringify(choice({ role: "assistant", content: "" }, null)));
    for (let chunk = 0; chunk < STREAM_CHUNKS; chunk++) {
      const content = chunk === 0 ? `A${index} ` : WORDS[this.#dice(WORDS.length)] + " ";
      this.#event(connection, JSON.stringify(choice({ content }, null)));
    }
    this.#event(connection, JSON.stringify(choice({}, "stop")));
    this.#event(connection, JSON.stringify({ ...envelope, choices: [], usage: this.#usage() }));
    this.#event(connection, "[DONE]");
    this.#emit(connection, "r", encoder.encode("0\r\n\r\n"));
  }

  #event(connection: number, data: string): void {
    const event = encoder.encode(`data: ${data}\n\n`);
    this.#emit(
      connection,
      "r",
      join(encoder.encode(event.length.toString(16) + "\r\n"), event, encoder.encode("\r\n")),
    );
  }

  #emit(conn: number, dir: "w" | "r", bytes: Uint8Array): void {
    this.#timeNs += 20_000;
    const data = toBase64(bytes);
    const line = { conn, pid: 4711, tid: 4711 + conn, comm: "python3", dir, ts_ns: this.#timeNs, data };
    this.#write(JSON.stringify(line), bytes.length);
  }
}

function toBase64(bytes: Uint8Array): string {
  return (bytes as Uint8Array & { toBase64(): string }).toBase64();
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Writes the input to a file. @returns payload bytes in all */
export async function generateFile(kind: BenchKind, count: number, path: string): Promise<number> {
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  let payload = 0;
  let lines: string[] = [];
  const flush = (): void => {
    let bytes = encoder.encode(lines.map((line) => line + "\n").join(""));
    while (bytes.length > 0) bytes = bytes.subarray(file.writeSync(bytes));
    lines = [];
  };
  generate(kind, count, (line, payloadBytes) => {
    payload += payloadBytes;
    lines.push(line);
    if (lines.length >= 1000) flush();
  });
  flush();
  return payload;
}
