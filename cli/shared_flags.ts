/** Flags that several commands share, each written once. */
import type { Flag, ValueSpec } from "./command.ts";

/** `-o FILE`. */
export const OUTPUT: Flag = {
  name: "output",
  short: "o",
  value: { name: "FILE", kind: "file" },
  summary: "write events to FILE as JSON lines; - is stdout",
  details:
    "Appends to an existing file. /dev/stdout, /dev/stderr, /dev/fd/N, /dev/null and a pipe with a name (its reader is waited for) are written to as they are; other devices and folders are refused. Under sudo the file is opened with the rights of the caller, never through a symbolic link, and belongs to the caller.",
};

/** `--no-append`. */
export const APPEND: Flag = {
  name: "append",
  isOnByDefault: true,
  summary: "start FILE anew instead of appending",
  details: "The new file is written beside the old one and takes its place by a rename.",
};

/** `--redaction MODE`. */
export const REDACTION: Flag = {
  name: "redaction",
  value: { name: "MODE", kind: "choice", choices: ["safe", "masked", "full", "minimal"] },
  summary: "how much of the contents is shown",
  defaultText: "safe",
  configKey: "redaction.mode",
  details:
    "safe: lengths and hashes instead of contents; masked: contents with secrets and personal data replaced; minimal: all content replaced by [REDACTED]; full: nothing changed, with a warning each time.",
};

/** `--record FILE.oispcap`. */
export const RECORD: Flag = {
  name: "record",
  value: { name: "FILE.oispcap", kind: "file" },
  summary: "also keep the captured plaintext of AI calls",
  details:
    "The recording is not redacted: it is created with mode 0600, a warning is printed, and `oisp replay` makes the same events from it again.",
};

/** `--report json=FILE`. */
export const REPORT: Flag = {
  name: "report",
  value: { name: "FORMAT=FILE", kind: "text" },
  repeatable: true,
  summary: "write a summary, for example json=FILE",
  details:
    "Formats: json. Calls, tokens and cost by model, and the account of captured, skipped and lost bytes. FILE is renewed every 2 s while there is something new (`complete` is false), so that a job that is killed leaves a report; a stream such as /dev/stderr gets it once, at the end.",
};

/** `--streaming-chunks`. */
export const STREAMING_CHUNKS: Flag = {
  name: "streaming-chunks",
  summary: "also emit ai.streaming_chunk events",
  configKey: "capture.streaming_chunks",
};

/** `--filter EXPRESSION`. */
export const FILTER: Flag = {
  name: "filter",
  value: { name: "EXPRESSION", kind: "text" },
  repeatable: true,
  summary: "only matching events, for example 'type:ai.response tokens>1000'",
  details:
    "Several have to match all. For what is shown and for -o; destinations of the configuration, the summary, reports and recordings see every event. `oisp help filter` has fields and operators.",
};

/** `--json`. */
export const JSON_ANSWER: Flag = { name: "json", summary: "answer in JSON on stdout" };

/** A process number; the kernel has no larger one. */
export const PID: ValueSpec = { name: "PID", kind: "count", least: 1, most: 4_194_304 };

/** Which processes are captured. */
export const SCOPE: readonly Flag[] = [
  {
    name: "pid",
    value: PID,
    repeatable: true,
    summary: "only this process",
  },
  {
    name: "exe",
    value: { name: "GLOB", kind: "text" },
    repeatable: true,
    summary: "only programs whose path matches, for example '*/python3*'",
  },
  {
    name: "uid",
    value: { name: "UID", kind: "count", most: 4_294_967_294 },
    repeatable: true,
    summary: "only processes of this user",
  },
  {
    name: "tree",
    value: PID,
    repeatable: true,
    summary: "only this process and everything it starts",
  },
];

/** `--server-side`. */
export const SERVER_SIDE: Flag = {
  name: "server-side",
  summary: "also capture calls that programs here answer",
  configKey: "capture.server_side",
  details: 'Calls seen at the server alone are marked with attrs.role = "server".',
};

/** Flags of the web view, which comes later: the command lines of the specification go on capturing without it. */
export const WEB_LATER: readonly Flag[] = [
  {
    name: "web",
    summary: "look at it in a browser",
    later: { answer: "warn", subject: "The web view" },
  },
  {
    name: "port",
    value: { name: "N", kind: "count" },
    summary: "port of the web view",
    later: { answer: "warn", subject: "The web view" },
  },
  {
    name: "listen",
    value: { name: "ADDRESS", kind: "text" },
    summary: "address of the web view",
    later: { answer: "warn", subject: "The web view" },
  },
  {
    name: "web-redaction",
    value: { name: "MODE", kind: "choice", choices: ["safe", "masked", "full", "minimal"] },
    summary: "redaction of the web view",
    later: { answer: "warn", subject: "The web view" },
  },
];

/** Flags of checks, which come later: a gate that is not there must not pass. */
export const CHECK_LATER: readonly Flag[] = [
  {
    name: "check",
    value: { name: "NAME[=VALUE]", kind: "text" },
    repeatable: true,
    summary: "fail when a check fails",
    later: { answer: "refuse", subject: "Checking calls" },
  },
  {
    name: "baseline",
    value: { name: "FILE", kind: "file" },
    summary: "compare with an earlier run",
    later: { answer: "refuse", subject: "Comparing with a baseline" },
  },
];
