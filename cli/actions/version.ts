import { ABI_VERSION } from "../../ffi/layout.ts";
import { FindingError } from "../../core/model/finding.ts";
import { PROGRAM_VERSION } from "../../core/model/version.ts";
import { readCommit, readPackaging } from "../build_info.ts";
import type { Invocation } from "../command.ts";
import { ExitCode } from "../exit_codes.ts";
import { requireLibrary } from "../native.ts";
import { sanitize } from "../term/sanitize.ts";

interface LibraryFacts {
  readonly abi: number;
  readonly fits: boolean;
  readonly path?: string;
  readonly problem?: string;
}

function readLibrary(): LibraryFacts {
  try {
    return { abi: ABI_VERSION, fits: true, path: requireLibrary().path };
  } catch (error) {
    if (!(error instanceof FindingError)) throw error;
    return { abi: ABI_VERSION, fits: false, problem: error.findings[0]?.what ?? error.message };
  }
}

/** Prints what this program is made of. */
export function run({ io, flags }: Invocation): Promise<number> {
  const commit = readCommit();
  const library = readLibrary();
  const facts = {
    version: PROGRAM_VERSION,
    ...(commit === undefined ? {} : { commit }),
    packaging: readPackaging(),
    library,
    runtime: `deno ${Deno.version.deno}`,
    arch: Deno.build.arch,
  };
  if (flags.isOn("json")) io.stdout.writeSync(JSON.stringify(facts) + "\n");
  else {
    const shownCommit = commit === undefined ? "" : ` (${commit.slice(0, 12)})`;
    const shownLibrary = library.fits ? "fits" : library.problem ?? "does not fit";
    io.stdout.writeSync(
      `oisp ${PROGRAM_VERSION}${shownCommit}\n` +
        `packaging  ${facts.packaging}\n` +
        `library    interface ${library.abi}, ${sanitize(shownLibrary)}\n` +
        `runtime    ${facts.runtime}, ${facts.arch}\n`,
    );
  }
  return Promise.resolve(ExitCode.ok);
}
