import type { Invocation } from "../command.ts";
import { ExitCode } from "../exit_codes.ts";
import { renderManPage } from "../man.ts";
import { PROGRAM_VERSION } from "../../core/model/version.ts";

/** Prints the manual page on stdout. */
export function run({ io }: Invocation): Promise<number> {
  io.stdout.writeSync(renderManPage(PROGRAM_VERSION));
  return Promise.resolve(ExitCode.ok);
}
