/**
 * The corpus of recorded exchanges as captured bytes in their text form: each exchange on a connection of its own, HTTP/1.1 with
 * `content-length`, cut at 16 KiB as TLS cuts its records.
 */
import { readBody, readHeaders } from "../../core/capture/exchange_input.ts";
import { hostOf, readCorpus, type Recording } from "../corpus/recording.ts";

/** Size of what was written. */
export interface CorpusInput {
  readonly exchanges: number;
  readonly payloadBytes: number;
}

const RECORD_BYTES = 16 * 1024;
const encoder = new TextEncoder();
/** Belong to a framing and a coding that the corpus did not keep. */
const FRAMING_FIELDS = new Set(["content-length", "transfer-encoding", "content-encoding", "connection", "host"]);

/** Writes the corpus `rounds` times, each round on connections of its own; undefined when there is no corpus. */
export async function writeCorpusInput(path: string, rounds: number): Promise<CorpusInput | undefined> {
  const corpus = await readCorpus();
  if (corpus === undefined) return undefined;
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  let payloadBytes = 0;
  for (let round = 0; round < rounds; round++) {
    for (const recording of corpus) {
      const { text, bytes } = toLines(recording, round * corpus.length + recording.number);
      payloadBytes += bytes;
      for (let rest = encoder.encode(text); rest.length > 0;) rest = rest.subarray(file.writeSync(rest));
    }
  }
  return { exchanges: rounds * corpus.length, payloadBytes };
}

function toLines(recording: Recording, conn: number): { text: string; bytes: number } {
  const startNs = 1e9 + conn * 1e6;
  const line = (dir: "w" | "r", timeNs: number, more: Record<string, unknown>) =>
    JSON.stringify({ conn, pid: 4711, tid: 4711, comm: "python3", dir, ts_ns: timeNs, ...more }) + "\n";
  const parts = [["w", toRequest(recording)], ["r", toResponse(recording)]] as const;
  let timeNs = startNs;
  let text = "";
  let bytes = 0;
  for (const [dir, all] of parts) {
    bytes += all.length;
    for (let at = 0; at < all.length; at += RECORD_BYTES) {
      text += line(dir, timeNs += 1000, { data: toBase64(all.subarray(at, at + RECORD_BYTES)) });
    }
  }
  return { text: text + line("r", timeNs + 1000, { data: "", closed: true }), bytes };
}

function toRequest(recording: Recording): Uint8Array {
  const target = recording.url.replace(/^https?:\/\/[^/]+/, "") || "/";
  const host = hostOf(recording) || "llm.internal";
  return toMessage(
    `${recording.method} ${target} HTTP/1.1\r\nhost: ${host}`,
    recording.requestHeaders,
    recording.requestBody,
  );
}

function toResponse(recording: Recording): Uint8Array {
  return toMessage(`HTTP/1.1 ${recording.status} -`, recording.responseHeaders, recording.responseBody);
}

function toMessage(start: string, headers: Readonly<Record<string, string>>, text: string): Uint8Array {
  const body = readBody(text, readHeaders(headers).get("content-type") ?? "");
  const fields = Object.entries(headers).filter(([name]) => !FRAMING_FIELDS.has(name.toLowerCase()));
  const head = [start, ...fields.map(([name, value]) => `${name}: ${value.replace(/[\r\n]+/g, " ")}`)].join("\r\n");
  const headBytes = encoder.encode(`${head}\r\ncontent-length: ${body.length}\r\n\r\n`);
  const all = new Uint8Array(headBytes.length + body.length);
  all.set(headBytes);
  all.set(body, headBytes.length);
  return all;
}

function toBase64(bytes: Uint8Array): string {
  return (bytes as Uint8Array & { toBase64(): string }).toBase64();
}
