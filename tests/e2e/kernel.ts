/**
 * Whether this machine has what a capture needs, asked without oisp: where it has, a capture that is refused is a failure of oisp
 * and no reason to skip.
 */

/** Bits of capability sets (linux/capability.h): what `docs/limits.md` asks for. */
const NEEDED: readonly (readonly [name: string, bit: number])[] = [
  ["CAP_DAC_READ_SEARCH", 2],
  ["CAP_SYS_PTRACE", 19],
  ["CAP_PERFMON", 38],
  ["CAP_BPF", 39],
];
const CAP_SYS_ADMIN = 21;
/** Of the BPF ring buffer. */
const OLDEST = [5, 8] as const;

/** What is asked. */
export interface KernelFacts {
  readonly os: string;
  /** `uname -r`. */
  readonly release: string;
  /** `/proc/self/status`. */
  readonly status: string;
  readonly hasTypes: boolean;
  /** `/sys/kernel/security/lockdown`; absent without it. */
  readonly lockdown?: string;
}

/** Says why nothing can be captured with these facts; undefined when it must be possible. */
export function findKernelReasonIn(facts: KernelFacts): string | undefined {
  if (facts.os !== "linux") return "needs Linux";
  const [major = 0, minor = 0] = facts.release.split(".").map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    return `Linux ${facts.release} is older than 5.8`;
  }
  if (!facts.hasTypes) return "the kernel has no BTF (/sys/kernel/btf/vmlinux)";
  if (facts.lockdown?.includes("[confidentiality]")) return "the kernel is locked down (confidentiality)";
  const held = BigInt("0x" + (/^CapEff:\s*([0-9a-f]+)$/m.exec(facts.status)?.[1] ?? "0"));
  const has = (bit: number) => (held >> BigInt(bit) & 1n) === 1n;
  const missing = NEEDED.filter(([, bit]) => !has(bit) && !has(CAP_SYS_ADMIN)).map(([name]) => name);
  return missing.length === 0 ? undefined : `needs ${missing.join(", ")}`;
}

/** Says why nothing can be captured here; undefined when it must be possible. */
export function findKernelReason(): string | undefined {
  const lockdown = readIfThere("/sys/kernel/security/lockdown");
  return findKernelReasonIn({
    os: Deno.build.os,
    release: Deno.osRelease(),
    status: readIfThere("/proc/self/status") ?? "",
    hasTypes: isThere("/sys/kernel/btf/vmlinux"),
    ...(lockdown === undefined ? {} : { lockdown }),
  });
}

function readIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
