/** Makes the bytes of a `.oispcap` recording from the story. */
import { RecordingFile } from "../../core/capture/recording_file.ts";
import { writeRecord } from "../../core/capture/record_codec.ts";
import { RecordingFlag } from "../../core/capture/recording_header.ts";
import type { RawCapture, RawHeader } from "../../core/model/raw_capture.ts";
import { DEMO_PROCESSES, type DemoConnection, type DemoProcess, type Piece } from "./story.ts";

const BOOT_ID = "00000000-0000-4000-8000-000000000de0";
const BOOT_NS = 3_600_000_000_000;
/** 2026-11-21T10:00:00Z. */
const START_US = Date.UTC(2026, 10, 21, 10) * 1000;
const OFFSET_US = START_US - BOOT_NS / 1000;

interface Timed {
  readonly atMs: number;
  fact(header: RawHeader): RawCapture;
}

function toNs(atMs: number): number {
  return BOOT_NS + Math.round(atMs * 1e6);
}

function processFact(process: DemoProcess, key: number): Timed {
  return {
    atMs: 0,
    fact: (header) => ({
      ...header,
      processKey: key,
      connId: 0,
      kind: "process",
      state: "seen",
      ppid: 4000,
      uid: 1000,
      gid: 1000,
      username: "dana",
      exe: process.exe,
      args: process.args,
      cwd: "/home/dana/project",
      comm: process.exe.split("/").at(-1) ?? "",
    }),
  };
}

function connectionFacts(connection: DemoConnection, connId: number, key: number): Timed[] {
  const first = connection.pieces[0]?.atMs ?? 0;
  const last = connection.pieces.at(-1)?.atMs ?? 0;
  const offsets = { client: 0, server: 0 };
  const encoder = new TextEncoder();
  const data = connection.pieces.map((piece: Piece): Timed => {
    const bytes = encoder.encode(piece.text);
    const streamOffset = offsets[piece.from];
    offsets[piece.from] += bytes.length;
    return {
      atMs: piece.atMs,
      fact: (header) => ({
        ...header,
        processKey: key,
        connId,
        kind: "data",
        direction: piece.from === "client" ? 1 : 2,
        streamOffset,
        bytes,
        flags: 0,
        callTotal: bytes.length,
        probeId: 1,
      }),
    };
  });
  const common = { processKey: key, connId, kind: "connection" } as const;
  const local = { ip: "192.0.2.7", port: 50000 + connId };
  const remote = { ip: connection.ip, port: 443 };
  return [
    { atMs: first - 2, fact: (header) => ({ ...header, ...common, state: "opened", library: "openssl" }) },
    { atMs: first - 1, fact: (header) => ({ ...header, ...common, state: "bound", binding: "nested", local, remote }) },
    ...data,
    {
      atMs: last + 1,
      fact: (header) => ({
        ...header,
        ...common,
        state: "closed",
        sentEnd: offsets.client,
        receivedEnd: offsets.server,
      }),
    },
  ];
}

function listFacts(): { pid: number; timed: Timed }[] {
  let connId = 0;
  const all = DEMO_PROCESSES.flatMap((process, i) => [
    { pid: process.pid, timed: processFact(process, i + 1) },
    ...process.connections.flatMap((connection) => {
      connId++;
      return connectionFacts(connection, connId, i + 1).map((timed) => ({ pid: process.pid, timed }));
    }),
  ]);
  return all.sort((a, b) => a.timed.atMs - b.timed.atMs);
}

/** Gives the bytes of the recording; the same ones each time. */
export function makeDemoRecording(): Uint8Array {
  const parts: Uint8Array[] = [];
  const target = {
    writeSync: (bytes: Uint8Array) => parts.push(bytes.slice()) && bytes.length,
    seekSync: () => 0,
    close: () => {},
  };
  const file = new RecordingFile(target, {
    flags: RecordingFlag.containsPlaintext,
    bootId: BOOT_ID,
    host: { hostname: "workstation", os: "linux", arch: "x86_64" },
    createdUs: START_US,
  });
  let seq = 0;
  const header = (pid: number, atMs: number): RawHeader => ({
    seq: seq++,
    entryNs: toNs(atMs),
    returnNs: toNs(atMs),
    tgid: pid,
    tid: pid,
    processKey: 0,
    cgroupId: 0,
    connId: 0,
  });
  file.write(writeRecord({ ...header(0, 0), kind: "clock", bootNs: BOOT_NS, offsetUs: OFFSET_US }));
  for (const { pid, timed } of listFacts()) file.write(writeRecord(timed.fact(header(pid, timed.atMs))));
  file.write(writeRecord({ ...header(0, 4000), kind: "advance", toNs: toNs(4000) }));
  file.close();
  return concatenate(parts);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
