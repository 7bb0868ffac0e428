/**
 * Skipping aloud: a test that cannot run on this machine says why, and the runner prints and counts it. A skip without a reason
 * fails the run.
 */

/**
 * Registers a test, or registers it as skipped when `reason` says why it cannot run here.
 *
 * @param name - a sentence
 * @param reason - undefined when the test can run
 */
export function testOrSkip(name: string, reason: string | undefined, fn: () => void | Promise<void>): void {
  const path = Deno.env.get("OISP_TEST_SKIPS");
  if (reason !== undefined && path) Deno.writeTextFileSync(path, `${name}\t${reason}\n`, { append: true });
  else if (reason !== undefined) Deno.stderr.writeSync(new TextEncoder().encode(`skipped: ${name}: ${reason}\n`));
  Deno.test({ name, ignore: reason !== undefined, fn });
}
