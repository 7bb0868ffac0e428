/** BPF programs of a process, and whether the kernel still has them. */

const SYS_BPF = 321;
const BPF_PROG_GET_NEXT_ID = 11;

/** Gives the ids of the BPF programs that a process holds. */
export function listProgramIds(pid: number): number[] {
  const ids = new Set<number>();
  for (const { name } of Deno.readDirSync(`/proc/${pid}/fdinfo`)) {
    const text = readText(`/proc/${pid}/fdinfo/${name}`);
    const id = /^prog_id:\s+(\d+)/m.exec(text)?.[1];
    if (id !== undefined) ids.add(Number(id));
  }
  return [...ids];
}

/** Gives those of the ids that the kernel still has; waits up to five seconds, because it frees them behind the exit. */
export async function findLeftPrograms(ids: readonly number[]): Promise<number[]> {
  const libc = Deno.dlopen("libc.so.6", {
    syscall: { parameters: ["i64", "i64", "buffer", "i64"], result: "i64" },
  });
  try {
    for (let attempt = 0;; attempt++) {
      const left = ids.filter((id) => hasProgram(libc.symbols.syscall, id));
      if (left.length === 0 || attempt === 100) return left;
      await new Promise((done) => setTimeout(done, 50));
    }
  } finally {
    libc.close();
  }
}

/** The next id after `id - 1` is `id` if there is such a program. */
function hasProgram(
  syscall: (number: bigint, command: bigint, attributes: BufferSource, size: bigint) => bigint,
  id: number,
): boolean {
  const attributes = new Uint32Array(30);
  attributes[0] = id - 1;
  const result = syscall(BigInt(SYS_BPF), BigInt(BPF_PROG_GET_NEXT_ID), attributes, BigInt(attributes.byteLength));
  return result === 0n && attributes[1] === id;
}

function readText(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return ""; // closed meanwhile
  }
}
