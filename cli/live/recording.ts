/** `--record FILE.oispcap`: opens the recording with the caller's rights and says what is in it. */
import fs from "node:fs";
import { createRecordingFile, type RecordingTarget } from "../../core/capture/recording_file.ts";
import { createRecordingTap, type RecordingTap } from "../../core/pipeline/recording_tap.ts";
import type { EbpfRun } from "../../core/capture/ebpf.ts";
import type { Finding } from "../../core/model/finding.ts";
import { PROGRAM_VERSION } from "../../core/model/version.ts";
import type { CallerFiles } from "../output/output_file.ts";
import { openNewFile } from "../output/output_file.ts";

/** Warning of every recording. */
export const PLAINTEXT_WARNING: Finding = {
  code: "OISP-REC-008",
  severity: "warning",
  what: "The recording holds captured plaintext: --record",
  why: "prompts and answers are in it as they were sent; only this user can read it",
  fix: "share events instead of recordings",
};

/** A file that is written at its own position, which node's descriptors do not keep. */
function toTarget(fd: number): RecordingTarget {
  let at = 0;
  return {
    writeSync(bytes) {
      const count = fs.writeSync(fd, bytes, 0, bytes.length, at);
      at += count;
      return count;
    },
    seekSync(offset, whence) {
      if (whence === Deno.SeekMode.Start) at = offset;
      else if (whence === Deno.SeekMode.Current) at += offset;
      else at = fs.fstatSync(fd).size + offset;
      return at;
    },
    close: () => fs.closeSync(fd),
  };
}

/** Creates the file. @throws {FindingError} with exit code 73 when it is there already or cannot be created */
export async function openRecordingTarget(
  path: string,
  callerFiles: CallerFiles | undefined,
): Promise<RecordingTarget> {
  if (callerFiles === undefined) return createRecordingFile(path);
  return toTarget(await openNewFile(path, callerFiles));
}

/** Begins the recording of a capture. */
export function beginRecording(target: RecordingTarget, capture: EbpfRun, hashKeyId: string | undefined): RecordingTap {
  return createRecordingTap(target, {
    bootId: capture.info.bootId,
    host: capture.info.host,
    libraryVersion: PROGRAM_VERSION,
    createdUs: Date.now() * 1000,
    ...(hashKeyId === undefined ? {} : { redactionKeyId: hashKeyId }),
  });
}
