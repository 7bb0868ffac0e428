/** What this program is: commit, and how it was packed. */

/** `one-file`, `deno-compile`, or `source` when run from a checkout. */
export function readPackaging(): string {
  return Deno.env.get("OISP_BUILD") || "source";
}

const COMMIT = /^[0-9a-f]{40}$/;

function readGitFile(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(new URL(`../.git/${path}`, import.meta.url)).trim();
  } catch {
    return undefined;
  }
}

/** Commit of the checkout this runs from; undefined where there is none. */
export function readCommit(): string | undefined {
  if (readPackaging() !== "source") return undefined;
  const head = readGitFile("HEAD");
  const name = head?.startsWith("ref: ") === true ? head.slice("ref: ".length) : undefined;
  const packed = name === undefined
    ? undefined
    : readGitFile("packed-refs")?.split("\n").find((line) => line.endsWith(` ${name}`));
  const commit = name === undefined ? head : readGitFile(name) ?? packed?.slice(0, 40);
  return commit !== undefined && COMMIT.test(commit) ? commit : undefined;
}
