/** Scenario files: a command line, what goes in, what must come out. Format in tests/cli/README.md. */

/** One scenario. Undefined parts are not compared. */
export interface Scenario {
  readonly title: string;
  readonly command: string;
  readonly files: ReadonlyMap<string, string>;
  readonly stdin: string;
  readonly stdout: string | undefined;
  readonly stderr: string | undefined;
  readonly exitCode: number;
}

/** What a command did. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

function parseScenario(block: string): Scenario {
  const parts = block.split(/^-- (.+) --\n/m);
  const head = (parts[0] ?? "").trim().split("\n");
  const sections = new Map<string, string>();
  for (let i = 1; i + 1 < parts.length; i += 2) sections.set(parts[i] ?? "", parts[i + 1] ?? "");
  const files = [...sections].filter(([name]) => name.startsWith("file ")).map(([name, text]) =>
    [name.slice("file ".length), text] as const
  );
  return {
    title: (head[0] ?? "").replace(/^# /, ""),
    command: head.slice(1).map((line) => line.replace(/^\$ /, "")).join("\n"),
    files: new Map(files),
    stdin: sections.get("stdin") ?? "",
    stdout: sections.get("stdout"),
    stderr: sections.get("stderr"),
    exitCode: Number((sections.get("exit") ?? "0").trim()),
  };
}

/** Gives the scenarios of a file, separated by lines of `====`. */
export function parseScenarios(text: string): Scenario[] {
  return text.split(/^====\n/m).filter((block) => block.trim() !== "").map(parseScenario);
}

const ROOT = new URL("../../", import.meta.url).pathname;

/** Runs a scenario's command in an empty folder with an empty home; `oisp` is the program from source. */
export async function runScenario(scenario: Scenario): Promise<Outcome> {
  const folder = await Deno.makeTempDir({ prefix: "oisp-scenario-" });
  try {
    for (const [name, text] of scenario.files) await Deno.writeTextFile(`${folder}/${name}`, text);
    const oisp = `oisp() { ${Deno.execPath()} run -A --quiet --config ${ROOT}deno.json ${ROOT}main.ts "$@"; }\n`;
    const child = new Deno.Command("sh", {
      args: ["-c", oisp + scenario.command],
      cwd: folder,
      env: { HOME: folder, PATH: Deno.env.get("PATH") ?? "", DENO_DIR: readDenoDir() },
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const output = child.output();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(scenario.stdin)).catch(() => {});
    await writer.close().catch(() => {});
    const { stdout, stderr, code } = await output;
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes).replaceAll(folder, "FOLDER");
    return { stdout: decode(stdout), stderr: decode(stderr), exitCode: code };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function readDenoDir(): string {
  return Deno.env.get("DENO_DIR") ?? `${Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`}/deno`;
}

function toPattern(line: string): RegExp {
  const parts = line.split("[..]").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}

/**
 * Compares output with what is expected, line by line. `[..]` stands for any text inside a line, a line `...` for any lines.
 * Gives a message for the first difference; undefined when they agree.
 */
export function findDifference(expected: string, actual: string): string | undefined {
  const wanted = expected.split("\n");
  const lines = actual.split("\n");
  let at = 0;
  for (let i = 0; i < wanted.length; i++) {
    const line = wanted[i] ?? "";
    if (line === "...") {
      const next = wanted[i + 1];
      if (next === undefined || (next === "" && i + 2 === wanted.length)) return undefined;
      while (at < lines.length && !toPattern(next).test(lines[at] ?? "")) at++;
      continue;
    }
    if (!toPattern(line).test(lines[at] ?? "")) {
      return `line ${at + 1}: wanted ${JSON.stringify(line)}, got ${JSON.stringify(lines[at])}`;
    }
    at++;
  }
  return at === lines.length ? undefined : `line ${at + 1}: more than wanted: ${JSON.stringify(lines[at])}`;
}
