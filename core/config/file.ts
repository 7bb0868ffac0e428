/** Which file is the configuration, and whether it may be used. */
import type { Finding } from "../model/finding.ts";

/** Who asks and what was asked for. */
export interface FileRequest {
  /** `--config`. */
  readonly flagFile?: string;
  readonly env: (name: string) => string | undefined;
  readonly isRoot: boolean;
  /** User behind sudo; their own file is accepted when they name it. */
  readonly callerUid?: number;
}

/** Text of a file and its name as messages show it. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

const MAX_FILE_BYTES = 1024 * 1024;

interface Candidate {
  readonly path: string;
  /** Named by a person: it must exist. */
  readonly isAsked: boolean;
}

function listCandidates(request: FileRequest): Candidate[] {
  if (request.flagFile !== undefined) return [{ path: request.flagFile, isAsked: true }];
  const variable = request.env("OISP_CONFIG");
  if (variable !== undefined && variable !== "") return [{ path: variable, isAsked: true }];
  const candidates: Candidate[] = [];
  const home = request.env("HOME");
  const base = request.env("XDG_CONFIG_HOME") || (home === undefined || home === "" ? undefined : `${home}/.config`);
  // The caller's file must not steer a root sensor; an absolute path is what the XDG rules ask for.
  if (!request.isRoot && base?.startsWith("/") === true) {
    candidates.push({ path: `${base}/oisp/config.toml`, isAsked: false });
  }
  return [...candidates, { path: "/etc/oisp/config.toml", isAsked: false }];
}

/** Gives the paths that are tried, in order. */
export function listConfigPaths(request: FileRequest): string[] {
  return listCandidates(request).map((candidate) => candidate.path);
}

function refuse(code: string, what: string, why: string, fix: string): Finding {
  return { code, severity: "error", what, why, fix };
}

function checkOwner(info: Deno.FileInfo, candidate: Candidate, request: FileRequest): Finding | undefined {
  if (!request.isRoot) return undefined;
  const { callerUid = 0 } = request;
  // Messages about a file quote it: under sudo only what the caller could read anyway is read. /etc/oisp is root's own choice.
  if (candidate.isAsked && callerUid !== 0 && info.uid !== callerUid && ((info.mode ?? 0) & 0o004) === 0) {
    return refuse(
      "OISP-CFG-005",
      `Cannot read configuration ${JSON.stringify(candidate.path)} with the rights of the caller`,
      "under sudo a file that is named has to be the caller's, or readable for everybody",
      `chmod o+r ${candidate.path}   (secrets belong into files of their own: <key>_file)`,
    );
  }
  const isWritable = ((info.mode ?? 0) & 0o022) !== 0;
  const isOwnerTrusted = info.uid === 0 || (candidate.isAsked && info.uid === request.callerUid);
  if (!isWritable && isOwnerTrusted) return undefined;
  return refuse(
    "OISP-CFG-006",
    `Cannot use configuration ${JSON.stringify(candidate.path)}: others than root can write it`,
    "whoever can write it could make a root sensor write or send what they like",
    `chown root ${candidate.path} && chmod go-w ${candidate.path}`,
  );
}

function readCandidate(candidate: Candidate, request: FileRequest): ConfigFile | Finding {
  const name = JSON.stringify(candidate.path);
  const file = Deno.openSync(candidate.path);
  try {
    const info = file.statSync();
    if (info.isDirectory) {
      return refuse(
        "OISP-CFG-005",
        `Cannot read configuration ${name}: it is a directory`,
        "a file is wanted",
        "name a file",
      );
    }
    const problem = checkOwner(info, candidate, request);
    if (problem !== undefined) return problem;
    const bytes = readLimited(file);
    if (bytes === undefined) {
      return refuse(
        "OISP-CFG-005",
        `Cannot read configuration ${name}: it is larger than 1 MiB`,
        "no configuration is",
        "name another file",
      );
    }
    return { path: candidate.path, text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes) };
  } finally {
    file.close();
  }
}

function readLimited(file: Deno.FsFile): Uint8Array | undefined {
  const buffer = new Uint8Array(MAX_FILE_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const count = file.readSync(buffer.subarray(length));
    if (count === null) return buffer.subarray(0, length);
    length += count;
  }
  return undefined;
}

function explainReadError(error: unknown, path: string): Finding {
  const name = JSON.stringify(path);
  const isText = !(error instanceof TypeError);
  const reason = error instanceof Deno.errors.NotFound
    ? "it does not exist"
    : error instanceof Deno.errors.PermissionDenied
    ? "it is not readable for this user"
    : isText
    ? "reading failed"
    : "it is not UTF-8 text";
  return refuse(
    "OISP-CFG-005",
    `Cannot read configuration ${name}: ${reason}`,
    "nothing starts without it",
    "oisp config init > FILE   begins one",
  );
}

/** Nothing is there for this user: no file, no folder, or one that they may not look into (the HOME of somebody else). */
function isOutOfReach(error: unknown, path: string): boolean {
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return true;
  if (!(error instanceof Deno.errors.PermissionDenied)) return false;
  try {
    Deno.statSync(path);
    return false;
  } catch (problem) {
    return problem instanceof Deno.errors.PermissionDenied;
  }
}

/**
 * Finds and reads the configuration: `--config`, `OISP_CONFIG`, the user's file (not under root), `/etc/oisp/config.toml`;
 * nothing from the working directory. Undefined when there is none; a finding when there is one that cannot be used.
 */
export function readConfigFile(request: FileRequest): ConfigFile | Finding | undefined {
  for (const candidate of listCandidates(request)) {
    try {
      return readCandidate(candidate, request);
    } catch (error) {
      if (!candidate.isAsked && isOutOfReach(error, candidate.path)) continue;
      return explainReadError(error, candidate.path);
    }
  }
  return undefined;
}
