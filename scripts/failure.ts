import { say } from "./say.ts";

/** Something a person has to know and can act on: no stack trace is shown for it. */
export class Failure extends Error {
  /** Why it failed, and the command or the page that helps. */
  readonly why: string;
  readonly fix: string;

  constructor(what: string, why: string, fix: string) {
    super(what);
    this.name = "Failure";
    this.why = why;
    this.fix = fix;
  }

  /** The failure as one line: what, why, exact command. */
  get line(): string {
    return `${this.message}: ${this.why}. Try: ${this.fix}`;
  }
}

/** Runs a script's main function; a `Failure` ends it with its line and code 1. */
export async function runScript(main: () => Promise<number | void>): Promise<never> {
  try {
    Deno.exit(await main() ?? 0);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(error.line);
    Deno.exit(1);
  }
}
