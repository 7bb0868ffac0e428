import type { Invocation } from "../command.ts";
import { renderCompletions, type Shell } from "../completions.ts";
import { ExitCode } from "../exit_codes.ts";

function isShell(word: string | undefined): word is Shell {
  return word === "bash" || word === "zsh" || word === "fish";
}

/** Prints the completion script of a shell on stdout. */
export function run({ args, io }: Invocation): Promise<number> {
  const shell = args[0];
  // The command table allows these words only.
  if (!isShell(shell)) throw new TypeError(`Cannot print completions of "${shell}"`);
  io.stdout.writeSync(renderCompletions(shell));
  return Promise.resolve(ExitCode.ok);
}
