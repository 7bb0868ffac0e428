import type { EventOf } from "../model/oisp_event.ts";
import { matchCommand, readCommand } from "./command_match.ts";

/** A tool call whose effects may still come. */
export interface OpenCall {
  readonly eventId: string;
  readonly callId: string | undefined;
  readonly command: string | undefined;
  readonly path: string | undefined;
  /** The call goes on after its result: programs it starts later still belong to it. */
  readonly isBackground: boolean;
  /** Programs that were started for it. */
  programs: number;
  /** Boot-clock start, and length, of the first of them. */
  startedNs?: number;
  durationMs?: number;
  /** How it ended; absent when that is not known. */
  hasSucceeded?: boolean;
}

/** A call that owns a program run, and how surely. */
export interface Owner {
  readonly eventId: string;
  readonly rule: string;
  readonly confidence: number;
  /** The call, when this is the very program it asked for. */
  readonly call?: OpenCall;
}

/** What a call asks for that can be seen: a command or a file; undefined for other kinds of tools. */
export function toOpenCall(event: EventOf<"agent.tool_call">): OpenCall | undefined {
  const { tool, arguments: args } = event.data;
  const isShell = tool.kind === "shell";
  const isFile = tool.kind === "file_read" || tool.kind === "file_write" || tool.kind === "file_edit";
  if (!isShell && !isFile) return undefined;
  return {
    eventId: event.event_id,
    callId: event.data.call_id,
    command: isShell ? readCommand(args) : undefined,
    path: isFile ? readPath(args) : undefined,
    isBackground: isRecord(args) && args["run_in_background"] === true,
    programs: 0,
  };
}

/** Whether a program ended well: with code 0 and by no signal; undefined when it is not known. */
export function readOutcome({ exit_code: code, signal }: EventOf<"process.exit">["data"]): boolean | undefined {
  if (signal !== undefined) return false;
  return code === undefined ? undefined : code === 0;
}

/** The call whose command a program fits best; undefined when none fits, or two fit equally well. */
export function pickBest(open: readonly OpenCall[], exe: string, args: readonly string[]): Owner | undefined {
  let best: Owner | undefined;
  let isTie = false;
  for (const call of open) {
    const match = call.command === undefined ? undefined : matchCommand(call.command, exe, args);
    if (match === undefined || match.confidence < (best?.confidence ?? 0)) continue;
    isTie = match.confidence === best?.confidence;
    best = { eventId: call.eventId, ...match, call };
  }
  return isTie ? undefined : best;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readPath(args: unknown): string | undefined {
  if (!isRecord(args)) return undefined;
  const path = args["file_path"] ?? args["path"] ?? args["filename"];
  return typeof path === "string" ? path : undefined;
}
