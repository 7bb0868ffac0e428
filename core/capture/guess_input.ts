/** What an input looks like that is not what it should be, so that the message can say what to do. */
import { isRecord } from "./fact_fields.ts";

/** What lines were wanted: events for `tail`, else the id of the source. */
export type WantedLines = "events" | "exchanges" | "records";

/** Bytes from the beginning that are looked at. */
export const HEAD_BYTES = 16 * 1024;

/** First bytes of compressed files, and what undoes them. */
const COMPRESSED: readonly (readonly [magic: readonly number[], command: string])[] = [
  [[0x1f, 0x8b], "gunzip -c"],
  [[0x28, 0xb5, 0x2f, 0xfd], "zstd -dc"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "xz -dc"],
  [[0x42, 0x5a, 0x68], "bunzip2 -c"],
];
const RECORDING_MAGIC = "OISPCAP\0";

const COMMANDS: Readonly<Record<WantedLines, string>> = {
  events: "oisp tail",
  exchanges: "oisp decode --from exchanges",
  records: "oisp decode --from records",
};

/** Gives advice for an input that begins with `head`; undefined when nothing is recognised. `file` is its name for a command line. */
export function adviseOnInput(head: Uint8Array, file: string, wanted: WantedLines): string | undefined {
  const packed = COMPRESSED.find(([magic]) => magic.every((byte, i) => head[i] === byte));
  if (packed !== undefined) return `${packed[1]} ${file} | ${COMMANDS[wanted]} -   (it is compressed)`;
  const text = new TextDecoder().decode(head);
  if (text.startsWith(RECORDING_MAGIC)) return `oisp replay ${file}   (it is a recording)`;
  const kind = findLinesKind(text);
  if (kind === "har") return `oisp decode --from har ${file}`;
  if (kind !== undefined) return kind === wanted ? undefined : `${COMMANDS[kind]} ${file}`;
  return text.includes("\0") ? "name another file: this one is binary" : undefined;
}

function findLinesKind(text: string): WantedLines | "har" | undefined {
  if (/^\s*\{\s*"log"\s*:\s*\{/.test(text)) return "har";
  for (const line of text.split("\n").slice(0, 8)) {
    const kind = findLineKind(line);
    if (kind !== undefined) return kind;
  }
  return undefined;
}

function findLineKind(line: string): WantedLines | undefined {
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
