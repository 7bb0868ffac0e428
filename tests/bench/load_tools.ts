/**
 * The load generator, the TLS server and the counting scripts that lie beside this project on some machines (`../shared/tools`).
 * They are used where they are, built into a scratch folder, and never copied into the project.
 */
import { ROOT } from "../../scripts/paths.ts";
import { isOnPath, run } from "../../scripts/run.ts";

const TOOLS = `${ROOT}/../shared/tools`;

/** Says why the tools cannot be used here. */
export function findToolsReason(): string | undefined {
  if (!isThere(`${TOOLS}/loadgen.c`)) return "the load tools are not beside this project";
  if (!isThere("/usr/include/openssl/ssl.h")) return "the headers of OpenSSL are missing (libssl-dev)";
  const missing = ["gcc", "go", "python3"].filter((name) => !isOnPath(name));
  return missing.length === 0 ? undefined : `${missing.join(", ")} is missing`;
}

/** Built tools. */
export interface LoadTools {
  /** Scratch folder that holds a copy of the tools; `ab.py` wants its parent for itself. */
  readonly folder: string;
  readonly loadgen: string;
  readonly server: string;
}

/** Builds the tools below `folder`. @throws {Error} when a compiler refuses */
export async function buildLoadTools(folder: string): Promise<LoadTools> {
  const tools = `${folder}/load/tools`;
  await Deno.mkdir(`${folder}/load`, { recursive: true });
  await requireSuccess("cp", ["-r", TOOLS, tools]);
  await requireSuccess("chmod", ["-R", "u+w", `${folder}/load`]);
  const loadgen = `${tools}/loadgen`;
  await requireSuccess("gcc", ["-O2", "-pthread", "-o", loadgen, `${tools}/loadgen.c`, "-lssl", "-lcrypto"]);
  const server = `${folder}/load/tlsserver`;
  await requireSuccess("go", ["build", "-o", server, "."], `${tools}/tlsserver`);
  return { folder: tools, loadgen, server };
}

async function requireSuccess(command: string, args: string[], cwd?: string): Promise<void> {
  const { code, stderr } = await run(command, args, cwd ? { cwd } : {});
  if (code !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr.slice(-500)}`);
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
