/**
 * Tool calls inside a script: an agent whose one tool runs JavaScript (Codex `exec`) makes its real calls in there, as
 * `tools.NAME({...})`. They are found by a scanner that understands literals only; what is computed is left out.
 */

import { LiteralReader } from "./literal_reader.ts";

/** A call in a script. */
export interface ScriptCall {
  readonly name: string;
  /** Absent when the arguments are not plain literals. */
  readonly arguments?: unknown;
}

const CALL = /tools(?:\.([A-Za-z_$][\w$]{0,63})|\[(["'])([\w.$-]{1,128})\2\])\s*\(/y;
/** What may hide or begin a call: texts, comments, the name itself. */
const MARK = /["'`]|\/\/|\/\*|(?<![\w$.])tools(?=[.[])|[{}]/g;
const MOST_CALLS = 64;
const LONGEST_SCRIPT = 256 * 1024;
/** Most templates inside each other. */
const DEEPEST = 16;

/** Gives the calls in the order they are written. Never throws. */
export function readScriptCalls(script: string): ScriptCall[] {
  if (script.length > LONGEST_SCRIPT || !/tools\s*[.[]/.test(script)) return [];
  const calls: ScriptCall[] = [];
  // Where a `${` of a template was opened, as many braces are open as its entry says.
  const templates: number[] = [];
  MARK.lastIndex = 0;
  for (let mark = MARK.exec(script); mark !== null && calls.length < MOST_CALLS; mark = MARK.exec(script)) {
    const text = mark[0];
    if (text === "tools") {
      const found = readCall(script, mark.index);
      if (found === undefined) continue;
      calls.push(found.call);
      MARK.lastIndex = found.end;
    } else if (text === "{") {
      if (templates.length > 0) templates.push((templates.pop() ?? 0) + 1);
    } else if (text === "}") {
      const open = templates.pop();
      if (open === undefined) continue;
      if (open > 0) templates.push(open - 1);
      else MARK.lastIndex = skipTemplate(script, mark.index + 1, templates);
    } else if (text === "`") MARK.lastIndex = skipTemplate(script, mark.index + 1, templates);
    else MARK.lastIndex = skip(script, mark.index, text);
  }
  return calls;
}

function readCall(script: string, at: number): { readonly call: ScriptCall; readonly end: number } | undefined {
  CALL.lastIndex = at;
  const match = CALL.exec(script);
  const name = match?.[1] ?? match?.[3];
  if (name === undefined) return undefined;
  const begin = CALL.lastIndex;
  const reader = new LiteralReader(script, begin);
  const value = reader.read(0);
  // Computed arguments may have calls of their own.
  if (value === undefined || !reader.isAtEnd(")")) return { call: { name }, end: begin };
  return { call: { name, arguments: value.value }, end: reader.at };
}

/** The place behind a comment or a text; one that never ends hides nothing. */
function skip(script: string, at: number, mark: string): number {
  if (mark === "//" || mark === "/*") {
    const end = script.indexOf(mark === "//" ? "\n" : "*/", at + 2);
    return end < 0 ? script.length : end + mark.length - (mark === "//" ? 1 : 0);
  }
  for (let i = at + 1; i < script.length && script[i] !== "\n"; i++) {
    if (script[i] === "\\") i++;
    else if (script[i] === mark) return i + 1;
  }
  return at + 1;
}

/** The place behind a template, or behind its next `${`, which is then open. */
function skipTemplate(script: string, at: number, templates: number[]): number {
  for (let i = at; i < script.length; i++) {
    if (script[i] === "\\") i++;
    else if (script[i] === "`") return i + 1;
    else if (script[i] === "$" && script[i + 1] === "{" && templates.length < DEEPEST) {
      templates.push(0);
      return i + 2;
    }
  }
  return at;
}
