import { FindingError } from "../core/model/finding.ts";
import { ABI_VERSION } from "./layout.ts";
import { symbols } from "./symbols.ts";

/** The C functions, typed. The real library and the stand-in of the tests both have this shape. */
export type NativeSymbols = Deno.DynamicLibrary<typeof symbols>["symbols"];

/** A loaded library. */
export interface NativeLibrary {
  readonly symbols: NativeSymbols;
  /** Where it was loaded from. */
  readonly path: string;
}

const FILE_NAME = "liboisp_capture.so";
const FIX = "Build it with: deno task build; or name it: OISP_LIBRARY=/path/to/" + FILE_NAME;

/**
 * Loads the capture library and gives up the right to load any other. Looks at `OISP_LIBRARY`, beside the executable, and where
 * the build leaves it, in this order.
 * @throws {FindingError} with exit code 69 when there is none, it cannot be loaded, or it has another version.
 */
export function loadLibrary(environmentPath: string | undefined = readEnvironment()): NativeLibrary {
  const path = environmentPath ?? findLibrary();
  if (path === undefined) {
    throw unusable("OISP-FFI-001", `Cannot find the capture library ${FILE_NAME}`, undefined);
  }
  const library = open(path);
  // From here on nothing in this process can load native code: a bad dependency gains nothing.
  Deno.permissions.revokeSync({ name: "ffi" });
  checkVersion(library);
  return library;
}

/** Refuses a library of another version. @throws {FindingError} with exit code 69. */
export function checkVersion(library: NativeLibrary): void {
  const version = library.symbols.oisp_abi_version();
  if (version === ABI_VERSION) return;
  throw unusable(
    "OISP-FFI-003",
    `Cannot use the capture library ${library.path}: it has interface version ${version}, this program needs ${ABI_VERSION}`,
    "Program and library come from different builds",
  );
}

function open(path: string): NativeLibrary {
  try {
    return { symbols: Deno.dlopen(path, symbols).symbols, path };
  } catch (error) {
    throw unusable("OISP-FFI-002", `Cannot load the capture library ${path}`, describe(error));
  }
}

function describe(error: unknown): string {
  // The loader's own words name the missing symbol or library; the path is already in the sentence before.
  return error instanceof Error ? error.message.replace(/\s+/g, " ").slice(0, 300) : String(error);
}

function unusable(code: string, what: string, why: string | undefined): FindingError {
  return new FindingError([{ code, severity: "error", what, ...(why === undefined ? {} : { why }), fix: FIX }], 69);
}

function readEnvironment(): string | undefined {
  return Deno.env.get("OISP_LIBRARY") || undefined;
}

function findLibrary(): string | undefined {
  const executableFolder = Deno.execPath().replace(/\/[^/]*$/, "");
  const candidates = [`${executableFolder}/${FILE_NAME}`];
  if (import.meta.url.startsWith("file:")) {
    candidates.push(new URL(`../dist/${FILE_NAME}`, import.meta.url).pathname);
    candidates.push(new URL(`../bpf-rs/target/${FILE_NAME}`, import.meta.url).pathname);
    candidates.push(new URL(`../bpf-rs/target/release/${FILE_NAME}`, import.meta.url).pathname);
  }
  return candidates.find(isFile);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
