import type { Message } from "../model/model_call.ts";
import { skipSetup } from "./turn_key.ts";

/** A tool call that starts a sub-agent. */
export interface TaskCall {
  readonly eventId: string;
  /** The prompt's end. */
  readonly prompt: string;
  /** Kind of agent it asks for. */
  readonly type?: string;
  /** Session of the agent that made it. */
  readonly parent?: string;
}

/** Shorter texts stand in too many messages. */
const SHORTEST_PROMPT = 16;
/** As much of a prompt's end as is looked for. */
const LONGEST_PROMPT = 2_048;
const PROMPT_NAMES = ["prompt", "message", "task", "instructions"];
const TYPE_NAMES = ["subagent_type", "agent_type", "agent", "mode"];

/** Reads the arguments of a tool that starts an agent; undefined when they give it nothing that could be found again. */
export function toTaskCall(eventId: string, args: unknown, parent: string | undefined): TaskCall | undefined {
  const prompt = readText(args, PROMPT_NAMES)?.trim();
  if (prompt === undefined || prompt.length < SHORTEST_PROMPT) return undefined;
  const type = readText(args, TYPE_NAMES);
  return {
    eventId,
    prompt: prompt.slice(-LONGEST_PROMPT),
    ...(type !== undefined && { type }),
    ...(parent !== undefined && { parent }),
  };
}

/** The newest call whose prompt ends a conversation's beginning: what an agent puts before it are facts of its own. */
export function findTaskCall(
  calls: readonly TaskCall[] | undefined,
  firstText: string,
): TaskCall | undefined {
  const text = firstText.trimEnd();
  return calls?.findLast(({ prompt }) => text.endsWith(prompt));
}

/** What a conversation begins with: its first messages that are not the model's, up to the model's first one. */
export function toFirstText(messages: readonly Message[]): string {
  const own = skipSetup(messages);
  const end = own.findIndex(({ role }) => role === "assistant" || role === "model");
  return (end < 0 ? own : own.slice(0, end))
    .flatMap(({ role, content }) => (role === "system" || role === "developer" ? [] : content ?? [])).join("\n");
}

function readText(args: unknown, names: readonly string[]): string | undefined {
  if (typeof args !== "object" || args === null || Array.isArray(args)) return undefined;
  const record = args as Readonly<Record<string, unknown>>;
  return names.map((name) => record[name]).find((value): value is string => typeof value === "string" && value !== "");
}
