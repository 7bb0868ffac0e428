/**
 * System packages that the Rust library needs to be compiled. Nothing else of the project needs one.
 *
 * As root with apt or dnf they are installed: asked first on a terminal, said aloud elsewhere, never with `OISP_SETUP=never`.
 */
import { Failure } from "./failure.ts";
import { isOnPath, run } from "./run.ts";
import { say } from "./say.ts";

/** What the build looks for, and the package that brings it. */
interface Need {
  /** Program on the PATH, or absolute path of a file. */
  readonly probe: string;
  readonly apt: string;
  readonly dnf: string;
}

const NEEDS: readonly Need[] = [
  { probe: "gcc", apt: "gcc", dnf: "gcc" },
  { probe: "/usr/include/stdio.h", apt: "libc6-dev", dnf: "glibc-devel" },
  { probe: "make", apt: "make", dnf: "make" },
  { probe: "pkg-config", apt: "pkg-config", dnf: "pkgconf-pkg-config" },
  { probe: "autoreconf", apt: "autoconf", dnf: "autoconf" },
  { probe: "automake", apt: "automake", dnf: "automake" },
  { probe: "autopoint", apt: "autopoint", dnf: "gettext-devel" },
  { probe: "flex", apt: "flex", dnf: "flex" },
  { probe: "bison", apt: "bison", dnf: "bison" },
  { probe: "gawk", apt: "gawk", dnf: "gawk" },
  { probe: "clang", apt: "clang", dnf: "clang" },
];

const WHY = "needed to compile the BPF programs and to link libelf and libbpf in";

/**
 * Makes sure that compiler, autotools and clang are there.
 *
 * @param silentUntil - nothing is asked or said before this
 * @throws {Failure} when they are not there and may not be installed
 */
export async function requireBuildPackages(silentUntil: Promise<void> = Promise.resolve()): Promise<void> {
  if (!isOnPath("cargo")) {
    throw new Failure(
      "Cannot build the Rust library",
      "cargo is not on the PATH",
      "https://rustup.rs (Rust 1.95 or later)",
    );
  }
  const missing = NEEDS.filter((need) => !isThere(need.probe));
  if (missing.length === 0) return;
  await silentUntil;
  const installer = findInstaller(missing);
  const refusal = findRefusal(installer?.name);
  const command = installer ? installer.command.join(" ") : "install " + missing.map((need) => need.probe).join(" ");
  if (!installer || refusal) {
    throw new Failure(
      "Cannot build the Rust library",
      `${missing.map((need) => need.probe).join(", ")} ${missing.length === 1 ? "is" : "are"} missing (${WHY})` +
        (refusal ? `; ${refusal}` : ""),
      Deno.uid() === 0 ? command : `sudo ${command}`,
    );
  }
  await install(installer.name, installer.command, command);
}

function isThere(probe: string): boolean {
  if (!probe.startsWith("/")) return isOnPath(probe);
  try {
    return Deno.statSync(probe).isFile;
  } catch {
    return false;
  }
}

function findInstaller(missing: readonly Need[]): { name: "apt-get" | "dnf"; command: string[] } | undefined {
  if (isOnPath("apt-get")) {
    const names = missing.map((need) => need.apt);
    return { name: "apt-get", command: ["apt-get", "install", "-y", "--no-install-recommends", ...names] };
  }
  if (isOnPath("dnf")) return { name: "dnf", command: ["dnf", "install", "-y", ...missing.map((need) => need.dnf)] };
  return undefined;
}

function findRefusal(installer: string | undefined): string | undefined {
  if (Deno.env.get("OISP_SETUP") === "never") return "OISP_SETUP=never forbids to install them";
  if (Deno.uid() !== 0) return "only root may install them";
  if (!installer) return "neither apt nor dnf is here";
  if (!Deno.stdin.isTerminal()) return undefined;
  const answer = prompt(`Set-up needs system packages (${WHY}). Install them with ${installer} now? [Y/n]`) ?? "y";
  return /^(y|yes|)$/i.test(answer.trim()) ? undefined : "you said no";
}

async function install(installer: string, command: string[], shown: string): Promise<void> {
  say(`set-up installs system packages (${WHY}; OISP_SETUP=never forbids it): ${shown}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  let result = await run(command[0] ?? "", command.slice(1), { env });
  if (result.code !== 0 && installer === "apt-get") {
    await run("apt-get", ["update"], { env });
    result = await run(command[0] ?? "", command.slice(1), { env });
  }
  if (result.code !== 0) {
    throw new Failure("Cannot install the system packages", result.stderr.trim().split("\n").at(-1) ?? "", shown);
  }
}
