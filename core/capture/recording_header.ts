/**
 * The header of a recording (`.oispcap`).
 *
 * @see ../../docs/decisions/0001-record-format.md
 */
import { FindingError } from "../model/finding.ts";
import type { HostFacts } from "../model/process.ts";
import { isRecord } from "./fact_fields.ts";
import { adviseOnInput, HEAD_BYTES } from "./guess_input.ts";

const MAGIC = new TextEncoder().encode("OISPCAP\0");
const FIXED_BYTES = 24;
const MAX_JSON_BYTES = 1024 * 1024;
const SPACE = 32;

/** Version of the format this program writes and the newest it reads. */
export const RECORDING_VERSION = 1;

/** Bits of the header's flags. */
export const RecordingFlag = { containsPlaintext: 1, containsHttp2Credentials: 2 } as const;

/** What a recording says about itself. */
export interface RecordingHeader {
  readonly version: number;
  /** Bit set of `RecordingFlag`. */
  readonly flags: number;
  readonly bootId: string;
  readonly host: HostFacts;
  readonly libraryVersion?: string;
  /** Names the installation key that `original_hash` was made with; another key leaves those hashes out. */
  readonly redactionKeyId?: string;
  /** Microseconds since 1970. */
  readonly createdUs?: number;
}

/** What the front of a file is: a header and where it ends, or how many bytes are needed to say. */
export type HeaderRead =
  | { readonly type: "done"; readonly header: RecordingHeader; readonly headerBytes: number }
  | { readonly type: "needMore"; readonly bytes: number };

const HOST_FIELDS: readonly (readonly [keyof HostFacts, string])[] = [
  ["hostname", "hostname"],
  ["os", "os"],
  ["osVersion", "os_version"],
  ["kernelVersion", "kernel_version"],
  ["arch", "arch"],
  ["deviceId", "device_id"],
];

/**
 * Reads the header from the front of a file.
 * @throws {FindingError} with exit code 65 when the bytes are no recording, or one of a newer version.
 */
export function readRecordingHeader(bytes: Uint8Array, file: string): HeaderRead {
  const known = Math.min(bytes.length, MAGIC.length);
  for (let i = 0; i < known; i++) {
    if (bytes[i] !== MAGIC[i]) throw notARecording(file, "it does not begin with OISPCAP", bytes);
  }
  if (bytes.length < FIXED_BYTES) return { type: "needMore", bytes: FIXED_BYTES };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(8, true);
  if (version !== RECORDING_VERSION) throw wrongVersion(file, version);
  const jsonBytes = view.getUint32(16, true);
  if (jsonBytes > MAX_JSON_BYTES) throw notARecording(file, `its header claims ${jsonBytes} bytes`);
  const headerBytes = FIXED_BYTES + jsonBytes;
  if (bytes.length < headerBytes) return { type: "needMore", bytes: headerBytes };
  const facts = readFacts(bytes.subarray(FIXED_BYTES, headerBytes), file);
  return { type: "done", header: { version, flags: view.getUint32(12, true), ...facts }, headerBytes };
}

function readFacts(bytes: Uint8Array, file: string): Omit<RecordingHeader, "version" | "flags"> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw notARecording(file, "its header is not JSON");
  }
  if (!isRecord(json) || typeof json.boot_id !== "string") throw notARecording(file, "its header has no boot_id");
  return {
    bootId: json.boot_id,
    host: readHost(json.host),
    ...(typeof json.library_version === "string" ? { libraryVersion: json.library_version } : {}),
    ...(typeof json.redaction_key_id === "string" ? { redactionKeyId: json.redaction_key_id } : {}),
    ...(typeof json.created_us === "number" ? { createdUs: json.created_us } : {}),
  };
}

/** Reads host facts from their JSON form; values of another type are left out. */
export function readHost(json: unknown): HostFacts {
  const host: Record<string, string> = {};
  if (!isRecord(json)) return host;
  for (const [name, jsonName] of HOST_FIELDS) {
    const value = json[jsonName];
    if (typeof value === "string") host[name] = value;
  }
  return host;
}

/** Gives the header's bytes, a multiple of 8. */
export function writeRecordingHeader(header: Omit<RecordingHeader, "version">): Uint8Array {
  const host = Object.fromEntries(HOST_FIELDS.map(([name, jsonName]) => [jsonName, header.host[name]]));
  const json = new TextEncoder().encode(JSON.stringify({
    boot_id: header.bootId,
    host,
    library_version: header.libraryVersion,
    redaction_key_id: header.redactionKeyId,
    created_us: header.createdUs,
  }));
  const jsonBytes = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(FIXED_BYTES + jsonBytes).fill(SPACE);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(8, RECORDING_VERSION, true);
  view.setUint32(12, header.flags, true);
  view.setUint32(16, jsonBytes, true);
  view.setUint32(20, 0, true);
  bytes.set(json, FIXED_BYTES);
  return bytes;
}

/** The error of a file that is no recording, or not a whole one. */
export function notARecording(file: string, reason: string, head: Uint8Array = new Uint8Array()): FindingError {
  const advice = adviseOnInput(head.subarray(0, HEAD_BYTES), file, "recording");
  return new FindingError([{
    code: "OISP-REC-001",
    severity: "error",
    what: `Cannot read ${file} as a recording: ${reason}`,
    fix: advice ??
      "Recordings are made by oisp record --record FILE.oispcap; text inputs are read by oisp decode --from",
  }], 65);
}

function wrongVersion(file: string, version: number): FindingError {
  return new FindingError([{
    code: "OISP-REC-004",
    severity: "error",
    what: `Cannot read ${file}: it has format version ${version}, this program reads ${RECORDING_VERSION}`,
    fix: "Read it with the oisp that wrote it, or a newer one",
  }], 65);
}
