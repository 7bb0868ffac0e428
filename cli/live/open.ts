/** Opens the live capture, and explains why it cannot be opened. */
import * as v from "valibot";
import { ebpf, type EbpfRun } from "../../core/capture/ebpf.ts";
import { createHmac } from "node:crypto";
import { readThisHost, type ThisHost } from "../../core/capture/this_host.ts";
import { type Finding, FindingError } from "../../core/model/finding.ts";
import type { NativeLibrary, SensorConfig } from "../../ffi/mod.ts";
import { ExitCode } from "../exit_codes.ts";
import { askLibrary, requireLibrary } from "../native.ts";
import { DoctorReply, toFindings } from "../native_facts.ts";

/** Codes of the doctor that mean: this process lacks the right, somebody else may have it. */
const RIGHTS_CODE = "OISP-BPF-011";

/** Asks the doctor what stands in the way, most important first; empty when it cannot say. */
export async function askDoctor(): Promise<readonly Finding[]> {
  try {
    return toFindings(v.parse(DoctorReply, await askLibrary("doctor")).findings);
  } catch {
    return [];
  }
}

/** Gives what a person should read first when nothing was captured; undefined when the doctor has nothing to say. */
export async function findTopFinding(): Promise<Finding | undefined> {
  const findings = await askDoctor();
  return findings.find((finding) => finding.code === RIGHTS_CODE) ?? findings[0];
}

/** The library's refusal with the doctor's reasons; 77 when rights are missing, 69 when the kernel cannot. */
async function explainRefusal(error: FindingError): Promise<FindingError> {
  const blocking = (await askDoctor()).filter((finding) => finding.severity === "error");
  // The machine allows it: something of this very request was refused.
  if (blocking.length === 0) return new FindingError(error.findings, ExitCode.unavailable);
  const rights = blocking.find((finding) => finding.code === RIGHTS_CODE);
  const exitCode = rights === undefined ? ExitCode.unavailable : ExitCode.notPermitted;
  // Without the rights everything else fails as well; one reason is enough.
  return new FindingError(rights === undefined ? blocking : [rights], exitCode);
}

/** Names this machine in events: a keyed hash of its id, which says nothing about it to others. */
function toDeviceId(machineId: string, hashKey: Uint8Array): string {
  return createHmac("sha256", hashKey).update(machineId).digest("hex").slice(0, 32);
}

async function describeThisHost(library: NativeLibrary, hashKey: Uint8Array | undefined): Promise<ThisHost> {
  const { machineId, ...thisHost } = await readThisHost(library);
  if (machineId === undefined || hashKey === undefined) return thisHost;
  return { ...thisHost, host: { ...thisHost.host, deviceId: toDeviceId(machineId, hashKey) } };
}

/**
 * Opens the capture of this machine. The installation key makes `host.device_id`.
 * @throws {FindingError} with 69 (no library, kernel), 77 (rights)
 */
export async function openCapture(sensor: SensorConfig, hashKey: Uint8Array | undefined): Promise<EbpfRun> {
  const library = requireLibrary();
  const thisHost = await describeThisHost(library, hashKey);
  try {
    return await ebpf.open({ sensor, library, thisHost });
  } catch (error) {
    throw error instanceof FindingError && error.exitCode === ExitCode.notPermitted
      ? await explainRefusal(error)
      : error;
  }
}
