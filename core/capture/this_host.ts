import { controlLibrary, type NativeLibrary } from "../../ffi/mod.ts";
import { FindingError } from "../model/finding.ts";
import type { HostFacts } from "../model/process.ts";
import { isRecord } from "./fact_fields.ts";
import { readHost } from "./recording_header.ts";

/** What identifies this machine and this boot. */
export interface ThisHost {
  readonly bootId: string;
  readonly host: HostFacts;
  /** The machine's own id, to make a keyed hash of; never to be published. */
  readonly machineId?: string;
}

/**
 * Asks the library for the facts of this machine; `/proc` is read there and nowhere else. What it does not know is absent, and the
 * boot id then a random one of this run.
 */
export async function readThisHost(library: NativeLibrary): Promise<ThisHost> {
  const reply = await askHost(library);
  const { boot_id: bootId, machine_id: machineId } = reply;
  return {
    bootId: typeof bootId === "string" ? bootId : crypto.randomUUID(),
    host: readHost(reply),
    ...(typeof machineId === "string" ? { machineId } : {}),
  };
}

async function askHost(library: NativeLibrary): Promise<Readonly<Record<string, unknown>>> {
  try {
    const reply = await controlLibrary(library, "host_facts");
    return isRecord(reply) ? reply : {};
  } catch (error) {
    // A capture without facts of its host is still one.
    if (error instanceof FindingError) return {};
    throw error;
  }
}
