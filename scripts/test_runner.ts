/**
 * Runs all tests of this machine: TypeScript by `deno test`, Rust by `cargo test`. What cannot run here is skipped aloud.
 */
import { findKernelReason } from "../tests/e2e/kernel.ts";
import { Failure } from "./failure.ts";
import { cargoEnvironment } from "./native_library.ts";
import { requireBuildPackages } from "./packages.ts";
import { ROOT } from "./paths.ts";
import { run } from "./run.ts";
import { say } from "./say.ts";
import { parseCargo, parseJunit, type TestCounts } from "./test_counts.ts";

/** A test that hangs ends the run instead of holding it up. */
const LIMIT_S = "600";

/**
 * Runs `deno test` with the sanitizers on.
 *
 * @param paths - files or folders; all when empty
 */
export async function runDenoTests(paths: readonly string[], env: Record<string, string> = {}): Promise<TestCounts> {
  const folder = await Deno.makeTempDir({ prefix: "oisp-test-" });
  try {
    const skips = `${folder}/skips`;
    await Deno.writeTextFile(skips, "");
    const child = new Deno.Command("timeout", {
      args: [
        "-k10",
        LIMIT_S,
        Deno.execPath(),
        "test",
        "-A",
        "--frozen",
        "--no-check",
        "--sanitize-ops",
        "--sanitize-resources",
        `--junit-path=${folder}/junit.xml`,
        ...paths,
      ],
      cwd: ROOT,
      env: { ...env, OISP_TEST_SKIPS: skips, NO_COLOR: "1" },
      stdin: "null",
    }).spawn();
    const { code } = await child.status;
    const xml = await Deno.readTextFile(`${folder}/junit.xml`).catch(() => "");
    const counts = parseJunit(xml, parseReasons(await Deno.readTextFile(skips)));
    // A file that does not even load has no test case; the exit code still knows.
    return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs `cargo test`; skipped as a whole, with the reason, where the build packages are missing. */
export async function runCargoTests(): Promise<TestCounts> {
  try {
    await requireBuildPackages();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { passed: 0, failed: 0, skipped: [`cargo test: ${error.line}`] };
  }
  // Where the kernel has it all, a session that cannot be opened is a failure and no skip.
  const required = findKernelReason() === undefined ? { OISP_REQUIRE_KERNEL: "1" } : {};
  const env = { ...await cargoEnvironment(), ...required };
  const result = await run("timeout", [
    "-k10",
    LIMIT_S,
    "cargo",
    "test",
    "--locked",
    "--workspace",
    "--no-fail-fast",
    "--",
    "--nocapture",
  ], {
    cwd: `${ROOT}/bpf-rs`,
    env,
  });
  const output = result.stdout + result.stderr;
  const counts = parseCargo(output);
  if (result.code !== 0) say(output.split("\n").slice(-80).join("\n"));
  return result.code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function parseReasons(text: string): Map<string, string> {
  return new Map(
    text.split("\n").filter(Boolean).map((line) => {
      const tab = line.indexOf("\t");
      return [line.slice(0, tab), line.slice(tab + 1)];
    }),
  );
}
