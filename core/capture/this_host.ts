import type { HostFacts } from "../model/process.ts";

/** What identifies this machine and this boot. */
export interface ThisHost {
  readonly bootId: string;
  readonly host: HostFacts;
}

/** Reads the facts of this machine; what cannot be read is absent, and the boot id then a random one of this run. */
export function readThisHost(): ThisHost {
  const release = readText("/etc/os-release");
  const osVersion = release === undefined ? undefined : /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(release)?.[1];
  const hostname = tryRead(() => Deno.hostname());
  const kernelVersion = tryRead(() => Deno.osRelease());
  return {
    bootId: readText("/proc/sys/kernel/random/boot_id")?.trim() ?? crypto.randomUUID(),
    host: {
      os: Deno.build.os,
      arch: Deno.build.arch,
      ...(hostname === undefined ? {} : { hostname }),
      ...(kernelVersion === undefined ? {} : { kernelVersion }),
      ...(osVersion === undefined ? {} : { osVersion }),
    },
  };
}

function readText(path: string): string | undefined {
  return tryRead(() => Deno.readTextFileSync(path));
}

function tryRead(read: () => string): string | undefined {
  try {
    return read() || undefined;
  } catch {
    return undefined;
  }
}
