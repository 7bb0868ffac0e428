import type { DraftEvent } from "../model/draft.ts";
import type { EventOf } from "../model/oisp_event.ts";
import { toDurationMs } from "../model/time.ts";
import { type CallTarget, readTarget } from "./call_target.ts";
import { matchCommand } from "./command_match.ts";
import { addRelatedEvent } from "./derived_event.ts";
import { resolvePath } from "./stated_cwd.ts";

/** The answer that carried a call. */
export interface CallAnswer {
  readonly eventId: string | undefined;
  /** Boot-clock time of its last byte; undefined when that is only roughly known. */
  readonly endedNs: number | undefined;
  /** Calls in it that the client runs. */
  calls: number;
}

/** A tool call whose effects may still come. */
export interface OpenCall {
  readonly eventId: string;
  readonly callId: string | undefined;
  /** Of a call inside a script: the call with the script, whose result is its end, too. */
  readonly parentCallId: string | undefined;
  readonly commands: readonly string[];
  /** Absolute. */
  readonly paths: readonly string[];
  readonly workdir: string | undefined;
  /** The call goes on after its result: programs it starts later still belong to it. */
  readonly isBackground: boolean;
  readonly isWriting: boolean;
  readonly answer: CallAnswer;
  /** Programs that were started for it. */
  programs: number;
  /** Boot-clock start, and length, of the first of them. */
  startedNs?: number;
  durationMs?: number;
  /** How it ended; absent when that is not known. */
  hasSucceeded?: boolean;
  /** Boot-clock time of the last write to one of its paths. */
  wroteNs?: number;
}

/** A call that owns a program run, and how surely. */
export interface Owner {
  readonly eventId: string;
  readonly rule: string;
  readonly confidence: number;
  /** The call, when this is the very program it asked for. */
  readonly call?: OpenCall;
}

/** Links an event to the call that caused it. */
export function linkOwner(draft: DraftEvent, { eventId, rule, confidence }: Owner): void {
  addRelatedEvent(draft, { event_id: eventId, relationship: "caused_by", rule, confidence });
}

/** What a call asks for that can be seen: commands or files; undefined for other kinds of tools. */
export function toOpenCall(
  event: EventOf<"agent.tool_call">,
  answer: CallAnswer,
  cwd: () => string | undefined,
): OpenCall | undefined {
  const { tool, arguments: args, call_id: callId, parent_call_id: parentCallId } = event.data;
  const target = readTarget(tool.kind, args);
  if (target === undefined) return undefined;
  return {
    eventId: event.event_id,
    callId,
    parentCallId,
    commands: target.commands,
    paths: toAbsolute(target, cwd),
    workdir: target.workdir,
    isBackground: isBackground(args),
    isWriting: target.isWriting,
    answer,
    programs: 0,
  };
}

function toAbsolute({ paths, workdir }: CallTarget, cwd: () => string | undefined): string[] {
  return paths.flatMap((path) => {
    const base = path.startsWith("/") ? undefined : resolvePath(workdir ?? "", cwd());
    return resolvePath(path, base) ?? [];
  });
}

function isBackground(args: unknown): boolean {
  return typeof args === "object" && args !== null && "run_in_background" in args && args.run_in_background === true;
}

/** Whether a program ended well: with code 0 and by no signal; undefined when it is not known. */
export function readOutcome({ exit_code: code, signal }: EventOf<"process.exit">["data"]): boolean | undefined {
  if (signal !== undefined) return false;
  return code === undefined ? undefined : code === 0;
}

/** A program that was started. */
export interface StartedProgram {
  readonly exe: string;
  readonly args: readonly string[];
  readonly cwd: string | undefined;
}

/** The call whose command a program fits best; undefined when none fits, or two fit equally well. */
export function pickBest(open: readonly OpenCall[], { exe, args, cwd }: StartedProgram): Owner | undefined {
  let best: Owner | undefined;
  let bestLength = 0;
  let isTie = false;
  for (const call of open) {
    for (const command of call.commands) {
      const match = matchCommand(command, exe, args);
      if (match === undefined || match.confidence < (best?.confidence ?? 0)) continue;
      if (match.rule === "first_word" && isElsewhere(call.workdir, cwd)) continue;
      const isEqual = match.confidence === best?.confidence;
      // Of two commands that stand in one line the longer one was asked for: the other is a part of it.
      const isPart = isEqual && match.rule === "argv_contains" && command.length !== bestLength;
      if (isPart && command.length < bestLength) continue;
      // Two commands of one call are no tie: either way it is that call.
      isTie = isEqual && !isPart && best?.call !== call;
      best = { eventId: call.eventId, ...match, call };
      bestLength = command.length;
    }
  }
  return isTie ? undefined : best;
}

/** The call names another directory for its command than the program runs in. */
function isElsewhere(workdir: string | undefined, cwd: string | undefined): boolean {
  return workdir?.startsWith("/") === true && cwd !== undefined && resolvePath(workdir, undefined) !== cwd;
}

/**
 * Gives a result what its call's program or file tells: its duration, whether it succeeded, and how long the call waited before
 * its program was started. What the result itself says of success counts more.
 */
export function addOutcome(event: EventOf<"agent.tool_result">, call: OpenCall): void {
  const { data } = event;
  const { endedNs, calls } = call.answer;
  const wroteMs = call.isWriting && isUpperBound(data) ? toElapsedMs(endedNs, call.wroteNs) : undefined;
  if (call.programs === 1 && call.durationMs !== undefined) {
    data.duration_ms = call.durationMs;
    data.duration_source = "process";
    // A tool may take an exit code for something else than failure.
    if (call.hasSucceeded !== undefined) data.success ??= call.hasSucceeded;
  } else if (wroteMs !== undefined) {
    data.duration_ms = wroteMs;
    data.duration_source = "file_write";
  }
  // Where an answer has several calls, one of them may wait for another.
  const waitedMs = calls === 1 ? toElapsedMs(endedNs, call.startedNs) : undefined;
  if (waitedMs !== undefined) event.attrs = { ...event.attrs, approval_wait_ms: waitedMs };
}

/** Undefined where one of the times is not known, or they stand the other way round. */
function toElapsedMs(fromNs: number | undefined, toNs: number | undefined): number | undefined {
  return fromNs === undefined || toNs === undefined || toNs < fromNs ? undefined : toDurationMs(fromNs, toNs);
}

function isUpperBound({ duration_source: source }: EventOf<"agent.tool_result">["data"]): boolean {
  return source === undefined || source === "next_request";
}
