import { V8_FLAGS } from "./v8_flags.ts";
import { type Bundle } from "./bundle.ts";
import { buildOneFile } from "./inject.ts";
import { compileStub } from "./stub.ts";

/** Deno's own arguments. No configuration, lock file, package or remote module is ever looked for. */
const ARGUMENTS = [
  "run",
  "--allow-all",
  "--ext=js",
  "--no-config",
  "--no-lock",
  "--cached-only",
  "--no-remote",
  "--no-npm",
  "--no-prompt",
  "--no-code-cache",
  `--v8-flags=${V8_FLAGS}`,
];

/**
 * No code cache: it is executable content on disk, and lazy modules start fast enough without. The folder cannot exist, not
 * even for root.
 */
const SETTINGS = [
  "DENO_DIR=/dev/null/none",
  // On a terminal Deno would tell that this folder cannot exist. Errors of this program are told by itself.
  "DENO_LOG=off",
  "DENO_NO_UPDATE_CHECK=1",
  "DENO_NO_PROMPT=1",
  "DENO_DISABLE_NODE_SHIM=1",
  "OISP_BUILD=one-file",
];

/** What steers Deno or this program from outside. `COMPLETE=` would turn the start into Deno's own completion. */
const REMOVED = [
  "DENO_",
  "NODE_",
  "NPM_CONFIG",
  "npm_config_",
  "COMPLETE=",
  "OISP_LIBRARY=",
  "OISP_START=",
  "OISP_BUILD=",
];

/** Makes one file out of the Deno executable that runs this, the modules and the library. */
export async function injectIntoDeno(bundle: Bundle, libraryPath: string): Promise<Uint8Array<ArrayBuffer>> {
  return buildOneFile({
    runtime: await Deno.readFile(Deno.execPath()),
    stub: await compileStub(),
    library: await Deno.readFile(libraryPath),
    modules: bundle.modules,
    main: bundle.main,
    arguments: ARGUMENTS,
    settings: SETTINGS,
    removed: REMOVED,
  });
}
