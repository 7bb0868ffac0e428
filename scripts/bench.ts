/**
 * `deno task bench [--quick] [GROUP...]`: sets up, builds `dist/oisp`, measures, and prints one JSON object a line on stdout:
 * `{"bench","value","unit","better", ...}`. What cannot be measured here is said on stderr with the reason.
 */
import { BENCHES } from "../tests/bench/registry.ts";
import { buildExecutable } from "./build.ts";
import { runScript } from "./failure.ts";
import { ROOT } from "./paths.ts";
import { say } from "./say.ts";

await runScript(async () => {
  const isQuick = Deno.args.includes("--quick");
  const wanted = Deno.args.filter((argument) => !argument.startsWith("--"));
  await Deno.mkdir(`${ROOT}/dist`, { recursive: true });
  await buildExecutable("auto", `${ROOT}/dist/oisp`);
  const folder = await Deno.makeTempDir({ prefix: "oisp-bench-" });
  let failed = 0;
  try {
    for (const bench of BENCHES.filter(({ id }) => wanted.length === 0 || wanted.includes(id))) {
      const reason = bench.reason();
      if (reason !== undefined) {
        say(`skipped  ${bench.id}: ${reason}`);
        continue;
      }
      say(`running  ${bench.id}: ${bench.summary}`);
      try {
        for (const row of await bench.run({ oisp: [`${ROOT}/dist/oisp`], folder, isQuick })) print(row);
      } catch (error) {
        failed++;
        say(`failed  ${bench.id}: ${error instanceof Error ? error.message : error}`);
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return failed === 0 ? 0 : 1;
});

function print(value: unknown): void {
  let bytes = new TextEncoder().encode(JSON.stringify(value) + "\n");
  while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
}
