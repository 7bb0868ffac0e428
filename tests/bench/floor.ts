/**
 * The floor program: the least that anybody could do with the same input in the same runtime. It parses each line and each
 * JSON document in it, hashes each text, and serialises one record per request and answer. No HTTP parser (heads are cut at
 * the blank line), no redaction, no checks. What the pipeline takes more than this is its own.
 *
 * Arguments: input file, output file.
 */
import { createHash } from "node:crypto";

interface Line {
  readonly conn: number;
  readonly dir: "w" | "r";
  readonly ts_ns: number;
  readonly data: string;
}

const decoder = new TextDecoder();
const out: string[] = [];
const streams = new Map<number, { text: string; usage: unknown; id: unknown }>();

function sha256(text: string): string {
  return "sha256:" + createHash("sha256").update(text).digest("hex");
}

function digest(messages: { role: string; content: string }[]): unknown[] {
  return messages.map(({ role, content }) => ({ role, content_length: content.length, content_hash: sha256(content) }));
}

function takeRequest(line: Line, text: string): void {
  const body = JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4));
  out.push(JSON.stringify({
    event_type: "ai.request",
    ts_ns: line.ts_ns,
    conn: line.conn,
    model: body.model,
    parameters: { temperature: body.temperature, max_tokens: body.max_tokens },
    messages: digest(body.messages),
  }));
}

function takeAnswer(line: Line, text: string): void {
  const body = JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4));
  const choices = body.choices.map((choice: { message: { role: string; content: string }; finish_reason: string }) => ({
    message: digest([choice.message])[0],
    finish_reason: choice.finish_reason,
  }));
  out.push(
    JSON.stringify({
      event_type: "ai.response",
      ts_ns: line.ts_ns,
      id: body.id,
      model: body.model,
      choices,
      usage: body.usage,
    }),
  );
}

function takeEvent(line: Line, text: string): void {
  if (text.startsWith("HTTP/1.1")) return void streams.set(line.conn, { text: "", usage: undefined, id: undefined });
  const state = streams.get(line.conn);
  const start = text.indexOf("data: ");
  if (!state || start < 0) return;
  const data = text.slice(start + 6, text.indexOf("\n\n", start));
  if (data === "[DONE]") {
    const choices = [{ content_length: state.text.length, content_hash: sha256(state.text), finish_reason: "stop" }];
    out.push(
      JSON.stringify({ event_type: "ai.response", ts_ns: line.ts_ns, id: state.id, choices, usage: state.usage }),
    );
    return;
  }
  const chunk = JSON.parse(data);
  state.id = chunk.id;
  state.usage = chunk.usage ?? state.usage;
  state.text += chunk.choices[0]?.delta?.content ?? "";
}

function takeLine(text: string): void {
  const line = JSON.parse(text) as Line;
  const bytes = (Uint8Array as unknown as { fromBase64(text: string): Uint8Array }).fromBase64(line.data);
  const payload = decoder.decode(bytes);
  if (line.dir === "w") takeRequest(line, payload);
  else if (payload.startsWith("HTTP/1.1") && payload.endsWith("}")) takeAnswer(line, payload);
  else takeEvent(line, payload);
}

/** Reads in blocks of 1 MiB and cuts at line ends, as a careful program would. */
function readLines(path: string, take: (line: string) => void): void {
  using file = Deno.openSync(path);
  const block = new Uint8Array(1 << 20);
  let rest = "";
  for (;;) {
    const count = file.readSync(block);
    if (count === null) break;
    const lines = (rest + decoder.decode(block.subarray(0, count), { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
    flush();
  }
}

const [input = "", output = ""] = Deno.args;
const encoder = new TextEncoder();
const target = Deno.openSync(output, { write: true, create: true, truncate: true });

function flush(): void {
  if (out.length === 0) return;
  let bytes = encoder.encode(out.join("\n") + "\n");
  while (bytes.length > 0) bytes = bytes.subarray(target.writeSync(bytes));
  out.length = 0;
}

readLines(input, takeLine);
flush();
