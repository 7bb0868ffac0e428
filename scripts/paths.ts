import { Failure } from "./failure.ts";

/** Folder of this clone, without a slash at its end. */
export const ROOT = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

/** Link that set-up makes to the built library; `ffi/library.ts` looks here when `OISP_LIBRARY` is not set. */
export const LIBRARY_LINK = `${ROOT}/bpf-rs/target/liboisp_capture.so`;

/**
 * Gives the folder for everything that is made once and used by every clone, creating it.
 *
 * @throws {Failure} when neither `XDG_CACHE_HOME` nor `HOME` is set
 */
export async function cacheFolder(...parts: string[]): Promise<string> {
  const base = Deno.env.get("XDG_CACHE_HOME") || (Deno.env.get("HOME") ? `${Deno.env.get("HOME")}/.cache` : "");
  if (!base.startsWith("/")) {
    throw new Failure(
      "Cannot find the cache folder",
      "neither XDG_CACHE_HOME nor HOME is set",
      "XDG_CACHE_HOME=/var/tmp/cache deno task test",
    );
  }
  const folder = [base, "oisp", ...parts].join("/");
  await Deno.mkdir(folder, { recursive: true });
  return folder;
}
