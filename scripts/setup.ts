/**
 * Sets the clone up: npm packages, system packages, Rust library. Every task runs it; a repetition takes a second.
 */
import { requireDependencies } from "./dependencies.ts";
import { Failure, runScript } from "./failure.ts";
import { requireNativeLibrary } from "./native_library.ts";
import { say } from "./say.ts";

/**
 * Sets up what every task needs and tries to build the library.
 *
 * @returns the library's path, or undefined after the reason has been said: the TypeScript part works without it
 */
export async function setUp(): Promise<string | undefined> {
  await requireDependencies();
  try {
    return await requireNativeLibrary();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(error.line);
    return undefined;
  }
}

/** Says why something that only some tests need could not be set up. */
export async function sayReason(making: Promise<object>): Promise<void> {
  const made = await making;
  if ("reason" in made) say(`some tests will be skipped: ${made.reason}`);
}

if (import.meta.main) await runScript(async () => await setUp() === undefined ? 1 : 0);
