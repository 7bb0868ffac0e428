/** Runs a program and measures what it cost: CPU seconds, wall seconds, peak memory. */

/** What a run cost. */
export interface Cost {
  readonly cpuS: number;
  readonly wallS: number;
  /** Largest resident set in MB; undefined when the run was too short to be seen. */
  readonly peakMb: number | undefined;
  readonly code: number;
  readonly stderr: string;
}

/** Runs a command to its end, its stdout thrown away unless a file is named. */
export async function measure(command: readonly string[], stdoutFile = "/dev/null"): Promise<Cost> {
  const folder = await Deno.makeTempDir();
  try {
    // bash's own clock counts the children's user and system time to the millisecond.
    const script = `TIMEFORMAT='%3U %3S %3R'; exec 3>&2; { time "$@" >"$OUT" 2>&3; } 2>"$TIMES"; exit $?`;
    const child = new Deno.Command("bash", {
      args: ["-c", script, "bash", ...command],
      env: { OUT: stdoutFile, TIMES: `${folder}/times` },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let peakKb: number | undefined;
    const timer = setInterval(() => peakKb = Math.max(peakKb ?? 0, readPeakKb(child.pid)) || undefined, 20);
    const stderr = await new Response(child.stderr).text();
    const { code } = await child.status;
    clearInterval(timer);
    const [user = 0, system = 0, wall = 0] = (await Deno.readTextFile(`${folder}/times`)).trim().split(/\s+/).map(
      Number,
    );
    return { cpuS: user + system, wallS: wall, peakMb: peakKb === undefined ? undefined : peakKb / 1024, code, stderr };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Largest resident set among the descendants of a process so far, in KB. */
function readPeakKb(pid: number): number {
  try {
    const children = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim().split(/\s+/).filter(Boolean).map(
      Number,
    );
    const own = Deno.readTextFileSync(`/proc/${pid}/status`);
    const isShell = /^Name:\s+bash$/m.test(own);
    const peak = isShell ? 0 : Number(/VmHWM:\s+(\d+)/.exec(own)?.[1] ?? 0);
    return Math.max(peak, ...children.map(readPeakKb));
  } catch {
    return 0; // it ended between two looks
  }
}

/** CPU seconds and resident MB of a running process tree. */
export function readUse(pid: number): { cpuS: number; rssMb: number } {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return {
    cpuS: (Number(fields[11]) + Number(fields[12])) / 100,
    rssMb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024,
  };
}

/** Middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] ?? NaN : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}
