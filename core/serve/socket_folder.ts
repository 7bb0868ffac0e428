import { FindingError } from "../model/finding.ts";

/** A user a socket shall belong to. */
export interface SocketOwner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Gives the folder of the sensor sockets: `/run/oisp` for root, else below the user's run-time folder. Undefined when the user
 * has none.
 */
export function findSocketFolder(uid: number | null, runtimeFolder: string | undefined): string | undefined {
  if (uid === 0) return "/run/oisp";
  return runtimeFolder?.startsWith("/") ? `${runtimeFolder.replace(/\/+$/, "")}/oisp` : undefined;
}

/** Creates the folder of the sockets. @throws {FindingError} with exit code 73. */
export function createSocketFolder(folder: string): void {
  try {
    // Others may look for the sockets of the user they belong to; the sockets themselves are 0600.
    Deno.mkdirSync(folder, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw new FindingError([{
      code: "OISP-SRV-001",
      severity: "error",
      what: `Cannot create the folder of the sensor socket ${folder}: ${
        error instanceof Error ? error.message : String(error)
      }`,
    }], 73);
  }
}

/** A sensor's socket. */
export interface SensorSocket {
  readonly pid: number;
  readonly path: string;
}

/** Sockets in a folder, by process id; stale ones too. Empty when the folder is not there. */
export function listSockets(folder: string): readonly SensorSocket[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => /^(\d+)\.sock$/.exec(name)?.[1])
      .filter((pid) => pid !== undefined)
      .map((pid) => ({ pid: Number(pid), path: `${folder}/${pid}.sock` }))
      .sort((a, b) => a.pid - b.pid);
  } catch {
    return [];
  }
}

/** True when a sensor answers at the socket. */
export async function isSocketAlive(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch (error) {
    // Refused: nobody listens. Everything else (no right to connect, for example) says nothing about the sensor.
    return !(error instanceof Deno.errors.ConnectionRefused || error instanceof Deno.errors.NotFound);
  }
}

/** Removes the sockets of sensors that are gone. */
export async function removeStaleSockets(folder: string): Promise<void> {
  for (const { path } of listSockets(folder)) {
    if (await isSocketAlive(path)) continue;
    try {
      Deno.removeSync(path);
    } catch {
      // Someone else's, or already gone: not ours to clean.
    }
  }
}
