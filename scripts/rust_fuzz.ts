/** The Rust part of `deno task fuzz`: the locators of `bpf-rs/crates/locate` on random and damaged files. */
import { cargoEnvironment } from "./native_library.ts";
import { ROOT } from "./paths.ts";
import { isOnPath, run } from "./run.ts";

/** With factor 1 the test of random bytes has so many inputs (`crates/locate/tests/hostile.rs`). */
const INPUTS_OF_FACTOR_1 = 4000;
/** What the default of `task fuzz` stands for there: at least as many inputs. */
const WHOLE_INPUTS = 50_000;
const WHOLE_FACTOR = 16;

/** What became of it. */
export interface RustFuzzOutcome {
  readonly passed: number;
  readonly failed: number;
  /** For people, one line each. */
  readonly lines: readonly string[];
  /** Why nothing was run. */
  readonly skipped?: string;
}

/** Gives the factor by which the test's inputs are multiplied; the default of 50,000 inputs is 16. */
export function toFactor(inputs: number): number {
  return Math.max(1, Math.ceil(inputs * WHOLE_FACTOR / WHOLE_INPUTS));
}

/** Says why the Rust part is not run; undefined when it is. @param isRepeat - a single seed was asked for */
export function findRustFuzzReason(isRepeat: boolean): string | undefined {
  if (isRepeat) return "a seed was named, and seeds are those of the TypeScript targets";
  return isOnPath("cargo") ? undefined : "cargo is not on the PATH: https://rustup.rs (Rust 1.95 or later)";
}

/** Runs it, if it can be run here. */
export async function runRustFuzz(inputs: number, isRepeat: boolean): Promise<RustFuzzOutcome> {
  const reason = findRustFuzzReason(isRepeat);
  if (reason !== undefined) return { passed: 0, failed: 0, lines: [], skipped: reason };
  const factor = toFactor(inputs);
  const { code, stdout, stderr } = await run(
    "cargo",
    ["test", "--release", "--locked", "-p", "oisp-locate", "--test", "hostile"],
    { cwd: `${ROOT}/bpf-rs`, env: { ...await cargoEnvironment(), OISP_FUZZ_FACTOR: String(factor) } },
  );
  return readOutcome(code, stdout, stderr, factor);
}

/** Reads what `cargo test` printed. A run without any test, or one that did not end well, has failed. */
export function readOutcome(code: number, stdout: string, stderr: string, factor: number): RustFuzzOutcome {
  const tests = [...stdout.matchAll(/^test (\S+) \.\.\. (ok|FAILED)$/gm)];
  const passed = tests.filter(([, , result]) => result === "ok").length;
  const lines = tests.map(([, name, result]) =>
    `${result === "ok" ? "ok      " : "failed  "}locate: ${name}, ${factor} times ${INPUTS_OF_FACTOR_1} inputs or fewer`
  );
  const isWhole = code === 0 && passed > 0;
  if (isWhole) return { passed, failed: 0, lines };
  const words = (stdout + stderr).trim().split("\n").slice(-20).join("\n");
  return { passed, failed: Math.max(1, tests.length - passed), lines: [...lines, `failed  locate: ${words}`] };
}
