/** Parts of the program from left to right, and the parts each may import. `main.ts` may import `cli` only. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  model: [],
  filter: ["model"],
  ffi: ["model"],
  capture: ["model", "ffi"],
  decode: ["model"],
  enrich: ["model", "decode"],
  correlate: ["model"],
  redact: ["model"],
  check: ["model", "filter"],
  export: ["model", "filter"],
  serve: ["model", "filter", "check", "export"],
  config: ["model", "filter", "capture", "decode", "enrich", "correlate", "redact", "check", "export", "serve"],
  pipeline: [
    "model",
    "filter",
    "ffi",
    "capture",
    "decode",
    "enrich",
    "correlate",
    "redact",
    "check",
    "export",
    "serve",
    "config",
  ],
  cli: [
    "model",
    "filter",
    "ffi",
    "capture",
    "decode",
    "enrich",
    "correlate",
    "redact",
    "check",
    "export",
    "serve",
    "config",
    "pipeline",
  ],
  main: ["cli"],
};

/**
 * Names the part a file belongs to; undefined for tests, scripts and everything else that may import anything.
 *
 * @param path - relative to the top folder
 */
export function findPart(path: string): string | undefined {
  if (path === "main.ts") return "main";
  if (/^core\/pipeline(\/|\.ts$|_)/.test(path)) return "pipeline";
  const part = /^(?:core\/)?([a-z_]+)\//.exec(path)?.[1];
  return part !== undefined && part in LAYERS && /^(core|ffi|cli)\//.test(path) ? part : undefined;
}

/** Gives a path without `.` and `..`, relative to the top folder. */
export function resolveImport(fromPath: string, specifier: string): string {
  const parts = fromPath.split("/").slice(0, -1);
  for (const step of specifier.split("/")) {
    if (step === "..") parts.pop();
    else if (step !== ".") parts.push(step);
  }
  return parts.join("/");
}
