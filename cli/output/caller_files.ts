import * as v from "valibot";
import type { CheckedPath } from "../../core/capture/byte_input.ts";
import { FindingError } from "../../core/model/finding.ts";
import { ExitCode } from "../exit_codes.ts";
import { askLibrary } from "../native.ts";
import { readCallerUid } from "../settings.ts";
import type { CallerFiles } from "./output_file.ts";

const Seen = v.object({ dev: v.number(), ino: v.number() });
const Claimed = v.object({ fd: v.number(), dev: v.number(), ino: v.number() });

function claim(path: string, mode: string, permissions: number) {
  return asCaller(path, async () => v.parse(Claimed, await askLibrary("open_as_user", { path, mode, permissions })));
}

async function asCaller<T>(path: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof FindingError) || error.exitCode === ExitCode.unavailable) throw error;
    const why = error.findings[0]?.why ?? error.findings[0]?.what;
    throw new FindingError([{
      code: "OISP-OUT-002",
      severity: "error",
      what: `Cannot write ${JSON.stringify(path)} with the rights of the caller`,
      ...(why === undefined ? {} : { why }),
      fix: "name a file in a folder of yours",
    }], ExitCode.cannotCreate);
  }
}

/**
 * Gives a file of the command line that is to be read. Under sudo it has to be one that the caller may read; what is opened later
 * has to be that very file, so that nothing can be put in its place.
 * @throws {FindingError} with exit code 66 when the caller may not read it
 */
export async function findCallerInput(
  path: string,
  env: (name: string) => string | undefined,
): Promise<string | CheckedPath> {
  const uid = readCallerUid(env);
  if (path === "-" || uid === undefined || uid === 0) return path;
  try {
    // The descriptor stays open in the library: the number of the file cannot be given to another one.
    const { dev, ino } = v.parse(Claimed, await askLibrary("open_as_user", { path, mode: "read" }));
    return { path, dev, ino };
  } catch (error) {
    if (!(error instanceof FindingError) || error.exitCode === ExitCode.unavailable) throw error;
    const why = error.findings[0]?.why ?? error.findings[0]?.what;
    throw new FindingError([{
      code: "OISP-IN-001",
      severity: "error",
      what: `Cannot open ${path} with the rights of the caller`,
      ...(why === undefined ? {} : { why }),
      fix: "Check the path and its permissions",
    }], ExitCode.noInput);
  }
}

/**
 * Gives what checks files of the command line with the caller's own rights: only under sudo, where this process may do more than
 * the person who called it. Undefined elsewhere.
 */
export function findCallerFiles(env: (name: string) => string | undefined): CallerFiles | undefined {
  const uid = readCallerUid(env);
  if (uid === undefined || uid === 0) return undefined;
  const gid = Number(env("SUDO_GID") ?? -1);
  return {
    async look(path) {
      const ask = async () => v.parse(Seen, await askLibrary("open_as_user", { path, mode: "facts" }));
      return { ...await asCaller(path, ask), caller: { uid, gid } };
    },
    async claim(path, options) {
      const mode = options.isNew === true ? "create" : options.isAppended ? "append" : "replace";
      const claimed = await claim(path, mode, options.mode);
      return {
        dev: claimed.dev,
        ino: claimed.ino,
        release: async () => void await askLibrary("open_as_user", { mode: "close", fd: claimed.fd }),
      };
    },
  };
}
