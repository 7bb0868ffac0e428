/** What an input looks like that is not what it should be, so that the message can say what to do. */
import { isRecord } from "./fact_fields.ts";

/** What an input is: events for `tail`, a recording for `replay`, else the id of the source of `decode`. */
export type InputKind = "events" | "recording" | "exchanges" | "records" | "har";

/** Bytes from the beginning that are looked at. */
export const HEAD_BYTES = 16 * 1024;

/** First bytes of compressed files, and what undoes them. */
const COMPRESSED: readonly (readonly [magic: readonly number[], command: string])[] = [
  [[0x1f, 0x8b], "gunzip -c"],
  [[0x28, 0xb5, 0x2f, 0xfd], "zstd -dc"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "xz -dc"],
  [[0x42, 0x5a, 0x68], "bunzip2 -c"],
];
/** JSON that is not laid out in lines, and what does it. */
const LAYOUTS: readonly (readonly [pattern: RegExp, command: string, why: string])[] = [
  [/^\s*\{[ \t]*\r?\n\s*"/, "jq -c .", "one value is wanted on each line"],
  [/^\s*\[\s*\{/, "jq -c '.[]'", "it is an array; one value is wanted on each line"],
];
const RECORDING_MAGIC = "OISPCAP\0";

const COMMANDS: Readonly<Record<InputKind, string>> = {
  events: "oisp tail",
  recording: "oisp replay",
  har: "oisp decode --from har",
  exchanges: "oisp decode --from exchanges",
  records: "oisp decode --from records",
};

/** Names of standard input. */
const STDIN: readonly string[] = ["-", "standard input"];

/** Gives advice for an input that begins with `head`; undefined when nothing is recognised. `name` is what messages call it. */
export function adviseOnInput(head: Uint8Array, name: string, wanted: InputKind): string | undefined {
  const file = STDIN.includes(name) ? "-" : quote(name);
  const packed = COMPRESSED.find(([magic]) => magic.every((byte, i) => head[i] === byte));
  if (packed !== undefined) return `${packed[1]} ${file} | ${COMMANDS[wanted]} -   (it is compressed)`;
  const text = new TextDecoder().decode(head);
  const kind = findKind(text);
  const layout = kind === undefined ? LAYOUTS.find(([pattern]) => pattern.test(text)) : undefined;
  if (layout !== undefined) return `${layout[1]} ${file} | ${COMMANDS[wanted]} -   (${layout[2]})`;
  if (kind !== undefined) return kind === wanted ? undefined : `${COMMANDS[kind]} ${file}`;
  return text.includes("\0") ? "name another file: this one is binary" : undefined;
}

/** A name as a shell takes it. */
function quote(name: string): string {
  return /^[\w./@%+=:,-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

function findKind(text: string): InputKind | undefined {
  if (text.startsWith(RECORDING_MAGIC)) return "recording";
  if (/^\s*\{\s*"log"\s*:\s*\{/.test(text)) return "har";
  for (const line of text.split("\n").slice(0, 8)) {
    const kind = findLineKind(line);
    if (kind !== undefined) return kind;
  }
  return undefined;
}

function findLineKind(line: string): InputKind | undefined {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isRecord(json)) return undefined;
  if ("event_type" in json) return "events";
  if ("method" in json && "url" in json) return "exchanges";
  return "conn" in json && "dir" in json ? "records" : undefined;
}
