import type { ModelRequest } from "../model/model_call.ts";

/** Environment facts stand at the beginning of a conversation. */
const SEARCHED_MESSAGES = 4;
const SEARCHED_UNITS = 64 * 1024;
/** `Primary working directory: /x`, `Working directory: /x`, `working in the directory: /x`, `<cwd>/x</cwd>`. */
const STATED = /(?:\bworking (?:in the )?directory:[ \t]*|<cwd>)(\/[^\n<]*)/i;

/** The directory an agent tells the model it works in, without a slash at its end; undefined when it tells none. */
export function findStatedCwd(request: ModelRequest): string | undefined {
  const texts = [request.systemPrompt, ...request.messages.slice(0, SEARCHED_MESSAGES).map(({ content }) => content)];
  for (const text of texts) {
    const path = text === undefined ? undefined : STATED.exec(text.slice(0, SEARCHED_UNITS))?.[1]?.trim();
    if (path !== undefined) return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
  }
  return undefined;
}

/** An absolute path, `.` and `..` taken out; undefined for `~`, and for a relative path when the directory is not known. */
export function resolvePath(path: string, cwd: string | undefined): string | undefined {
  const whole = path.startsWith("/") ? path : cwd === undefined ? undefined : `${cwd}/${path}`;
  if (whole === undefined || path.startsWith("~")) return undefined;
  const parts: string[] = [];
  for (const part of whole.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
