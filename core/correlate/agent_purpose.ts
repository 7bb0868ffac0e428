/**
 * What agents ask models besides their task: titles, summaries of a history that grew too long, which model to take, whether there is
 * quota left. The client's own word counts most; else, of known agents only, the instructions say it.
 */
import type { DraftEvent } from "../model/draft.ts";
import type { ModelRequest } from "../model/model_call.ts";
import { isKnownAgent } from "./agent_facts.ts";
import type { StatedAgent, StatedPurpose } from "./stated_agent.ts";

const SEARCHED_UNITS = 1_024;

interface Instruction {
  readonly purpose: string;
  readonly pattern: RegExp;
}

/** System prompts that name their purpose, of requests without tools. */
const SYSTEM_PROMPTS: readonly Instruction[] = [
  { purpose: "title", pattern: /\b(?:generate|write|create|come up with)\b[^.\n]{0,60}\btitle\b|\btitle generator\b/i },
  { purpose: "title", pattern: /\bindicates a new conversation topic\b/i },
  {
    purpose: "summary",
    pattern: /\bsummari[sz](?:es?|ing) (?:the |our |this |internal )?(?:conversations?|chat history)\b/i,
  },
  { purpose: "routing", pattern: /\b(?:task|model|complexity) rout(?:er|ing)\b/i },
];

/** Beginnings of the last message that ask for a summary of all before; such a request keeps the agent's tools. */
const LAST_MESSAGES: readonly Instruction[] = [
  { purpose: "summary", pattern: /^\s*your task is to create a detailed summary of (?:the|this|our) conversation\b/i },
  { purpose: "summary", pattern: /^\s*you are performing a context checkpoint compaction\b/i },
];

/** Gives the purpose of a request besides the agent's task; undefined for the task itself and for what nothing is known of. */
export function findPurpose(draft: DraftEvent, stated: StatedAgent): StatedPurpose | undefined {
  const request = draft.call?.request;
  if (request === undefined) return undefined;
  if (request.requestType === "count_tokens") return { purpose: "count_tokens", rule: "request_type" };
  const said = stated.purpose();
  if (said !== undefined && said.purpose !== "auxiliary") return said;
  const isTask = stated.requestClass() === "main";
  const read = isTask || !isKnownAgent(draft) ? undefined : readPurpose(request);
  return read ?? said;
}

function readPurpose(request: ModelRequest): StatedPurpose | undefined {
  if (isQuotaProbe(request)) return { purpose: "quota_probe", rule: "one_token_answer" };
  const last = request.messages.findLast(({ role }) => role === "user")?.content;
  return findInstruction(LAST_MESSAGES, last) ??
    (request.tools.length === 0 ? findInstruction(SYSTEM_PROMPTS, request.systemPrompt) : undefined);
}

function findInstruction(instructions: readonly Instruction[], text: string | undefined): StatedPurpose | undefined {
  if (text === undefined) return undefined;
  const head = text.slice(0, SEARCHED_UNITS);
  const found = instructions.find(({ pattern }) => pattern.test(head));
  return found === undefined ? undefined : { purpose: found.purpose, rule: "instructions" };
}

/** One message, one token of an answer, no tools: only the answer's header fields are wanted. */
function isQuotaProbe({ messages, parameters, tools }: ModelRequest): boolean {
  return messages.length === 1 && tools.length === 0 && parameters["max_tokens"] === 1;
}
