/** The native library for commands, loaded once and only when a command needs it. */
import { controlLibrary, loadLibrary, type NativeLibrary } from "../ffi/mod.ts";

let loaded: NativeLibrary | undefined;

/** Loads the library. @throws {FindingError} with exit code 69 when there is none or it does not fit. */
export function requireLibrary(): NativeLibrary {
  loaded ??= loadLibrary();
  return loaded;
}

/** Runs a control operation that needs no open capture. @throws {FindingError} with the library's reason. */
export function askLibrary(operation: string, request: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
  return controlLibrary(requireLibrary(), operation, request);
}
