/** What became of a command. */
export interface RunOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a command. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** Called with each line of stderr as it arrives. */
  readonly onLine?: (line: string) => void;
}

/** Runs a command with no stdin and collects what it prints; a command that cannot be started gives code 127. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunOutcome> {
  try {
    const child = new Deno.Command(command, {
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      ...(options.cwd ? { cwd: options.cwd } : {}),
      ...(options.env ? { env: options.env } : {}),
    }).spawn();
    const stderr = collect(child.stderr, options.onLine);
    const stdout = new Response(child.stdout).text();
    const { code } = await child.status;
    return { code, stdout: await stdout, stderr: await stderr };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { code: 127, stdout: "", stderr: `${command}: not found` };
  }
}

/** Runs a command on this terminal and gives its exit code. */
export async function runHere(command: string, args: readonly string[], options: RunOptions = {}): Promise<number> {
  const child = new Deno.Command(command, {
    args: [...args],
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
    ...(options.cwd ? { cwd: options.cwd } : {}),
    ...(options.env ? { env: options.env } : {}),
  }).spawn();
  return (await child.status).code;
}

/** Tells whether a program is on the PATH. */
export function isOnPath(name: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((folder) => isExecutable(`${folder}/${name}`));
}

function isExecutable(path: string): boolean {
  try {
    const info = Deno.statSync(path);
    return info.isFile && (info.mode ?? 0) % 0o1000 !== 0 && ((info.mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}

async function collect(stream: ReadableStream<Uint8Array>, onLine?: (line: string) => void): Promise<string> {
  let all = "";
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    all += text;
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine?.(line);
  }
  return all;
}
