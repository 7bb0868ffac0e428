/**
 * The floor program for exchanges of any kind (`floor.ts` knows one kind): parses each line and each JSON document, hashes each
 * longer text in them, and serialises one record an exchange. No HTTP parser, no formats, no redaction, no checks.
 *
 * Arguments: input file, output file.
 */
import { createHash } from "node:crypto";

interface Line {
  readonly conn: number;
  readonly dir: "w" | "r";
  readonly ts_ns: number;
  readonly data: string;
  readonly closed?: boolean;
}

const SHORTEST_HASHED = 32;
const decoder = new TextDecoder();
const open = new Map<number, { w: string; r: string }>();
const out: string[] = [];

function toDigests(value: unknown, digests: unknown[]): void {
  if (typeof value === "string") {
    if (value.length < SHORTEST_HASHED) return;
    digests.push({ length: value.length, hash: "sha256:" + createHash("sha256").update(value).digest("hex") });
  } else if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) toDigests(inner, digests);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function toDocuments(body: string): unknown[] {
  if (/^\s*[[{]/.test(body) || !body.includes("data:")) return [parse(body)];
  return body.split("\n").filter((line) => line.startsWith("data:")).map((line) => parse(line.slice(5)));
}

function toRecord(text: string): unknown {
  const digests: unknown[] = [];
  const documents = toDocuments(text.slice(text.indexOf("\r\n\r\n") + 4));
  const facts: Record<string, unknown> = {};
  for (const document of documents) {
    toDigests(document, digests);
    if (typeof document === "object" && document !== null) {
      const { id, model, usage } = document as Record<string, unknown>;
      Object.assign(facts, id && { id }, model && { model }, usage && { usage });
    }
  }
  return { ...facts, digests };
}

function takeLine(text: string): void {
  const line = JSON.parse(text) as Line;
  const exchange = open.get(line.conn) ?? { w: "", r: "" };
  open.set(line.conn, exchange);
  const bytes = (Uint8Array as unknown as { fromBase64(text: string): Uint8Array }).fromBase64(line.data);
  exchange[line.dir] += decoder.decode(bytes);
  if (line.closed !== true) return;
  open.delete(line.conn);
  out.push(JSON.stringify({ ts_ns: line.ts_ns, request: toRecord(exchange.w), response: toRecord(exchange.r) }));
}

const [input = "", output = ""] = Deno.args;
using file = Deno.openSync(input);
using target = Deno.openSync(output, { write: true, create: true, truncate: true });
const encoder = new TextEncoder();
const block = new Uint8Array(1 << 20);
const lineDecoder = new TextDecoder();
let rest = "";
for (let count = file.readSync(block); count !== null; count = file.readSync(block)) {
  const lines = (rest + lineDecoder.decode(block.subarray(0, count), { stream: true })).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) takeLine(line);
  for (let bytes = encoder.encode(out.map((line) => line + "\n").join("")); bytes.length > 0;) {
    bytes = bytes.subarray(target.writeSync(bytes));
  }
  out.length = 0;
}
