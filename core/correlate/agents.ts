/**
 * Who of several agents in one program makes a call, and for what: sub-agents (`agent.id`, `type`, `parent`, `rule`), and calls that
 * are no turn of the task (`attrs.purpose`). A sub-agent is what the client calls one; else whose first message is the prompt
 * of a tool call that starts one; else, in a session that the client names, who has other instructions and another first message
 * than the session's own agent (`inferred`).
 *
 * State: 16 prompts of each of 1,024 program runs, 4,096 conversations, the agents of 2,048 sessions and 8,192 answers, oldest
 * forgotten first.
 */
import type { DraftEvent, SubAgentRef } from "../model/draft.ts";
import type { HttpExchange } from "../model/http_exchange.ts";
import type { ModelRequest } from "../model/model_call.ts";
import type { EventOf } from "../model/oisp_event.ts";
import { isKnownAgent } from "./agent_facts.ts";
import { findPurpose } from "./agent_purpose.ts";
import { BoundedMap } from "./bounded_map.ts";
import type { Correlator, CorrelatorState } from "./correlator.ts";
import { addRelatedEvent } from "./derived_event.ts";
import { StatedAgent } from "./stated_agent.ts";
import { findTaskCall, type TaskCall, toFirstText, toTaskCall } from "./task_call.ts";
import { toPromptKey } from "./turn_key.ts";

const MAX_TASKS = 16;
/** As much of a conversation's beginning as tells it from others. */
const LONGEST_END = 256;
/** Why `inferred`: nobody says so. */
const INFERRED = "other_instructions";

/** What a request was found to be. */
interface Finding {
  readonly subAgent?: SubAgentRef;
  readonly purpose?: string;
  readonly purposeRule?: string;
}

/** The agent a session belongs to. */
interface MainAgent {
  /** How its conversation begins. */
  readonly mark: string;
  readonly promptKey: string;
}

/** Sub-agents and auxiliary calls. */
export const agents: Correlator = {
  id: "agents",
  summary: "Sub-agents of one program, and calls that are no turn of the task",
  stability: "experimental",
  create: () => new AgentStory(),
};

class AgentStory implements CorrelatorState {
  readonly #tasks = new BoundedMap<number, TaskCall[]>(1_024);
  /** Conversations by their beginning, and the call that started each: one that began before a call was not started by it. */
  readonly #conversations = new BoundedMap<string, TaskCall | "none">(4_096);
  readonly #mains = new BoundedMap<string, MainAgent>(2_048);
  readonly #answers = new BoundedMap<string, SubAgentRef>(8_192);
  /** The answer finds what its request was. */
  readonly #requests = new WeakMap<ModelRequest, Finding>();
  /** What the events that follow from the draft before belong to. */
  #current: { readonly exchange: HttpExchange | undefined; readonly subAgent: SubAgentRef } | undefined;

  push(draft: DraftEvent): readonly DraftEvent[] {
    const { event } = draft;
    if (event.event_type === "ai.request" || event.event_type === "ai.response") this.#call(draft);
    else if (event.event_type === "agent.tool_call" || event.event_type === "agent.tool_result") {
      if (event.event_type === "agent.tool_call") this.#remember(draft, event);
      if (draft.call === undefined && draft.exchange === this.#current?.exchange) this.#mark(draft, event);
    }
    return [];
  }

  advance(): readonly DraftEvent[] {
    return [];
  }

  close(): readonly DraftEvent[] {
    return [];
  }

  #call(draft: DraftEvent): void {
    const request = draft.call?.request;
    this.#current = undefined;
    if (request === undefined || isPlain(draft, request)) return;
    let finding = this.#requests.get(request);
    if (finding === undefined) this.#requests.set(request, finding = this.#find(draft, request));
    const { subAgent, purpose, purposeRule } = finding;
    if (purpose !== undefined) {
      draft.purpose = purpose;
      draft.event.attrs = { ...draft.event.attrs, purpose, purpose_rule: purposeRule };
    }
    if (subAgent === undefined) return;
    draft.subAgent = subAgent;
    draft.event.attrs = { ...draft.event.attrs, agent: { ...subAgent } };
    this.#current = { exchange: draft.exchange, subAgent };
    const responseId = draft.call?.response?.requestId;
    if (responseId !== undefined) this.#answers.set(responseId, subAgent);
  }

  #find(draft: DraftEvent, request: ModelRequest): Finding {
    const stated = new StatedAgent(draft);
    const found = findPurpose(draft, stated);
    if (found !== undefined) return { purpose: found.purpose, purposeRule: found.rule };
    const isWhole = request.tools.length > 0 && request.isDelta !== true;
    const firstText = isWhole ? toFirstText(request.messages) : undefined;
    const isMain = firstText === undefined || stated.requestClass() === "main";
    const task = isMain ? undefined : this.#startedBy(draft, firstText);
    if (task !== undefined) {
      const { eventId } = task;
      addRelatedEvent(draft, { event_id: eventId, relationship: "caused_by", rule: "task_prompt", confidence: 0.9 });
    }
    const subAgent = stated.subAgent() ?? (task === undefined ? undefined : toTaskAgent(task)) ??
      this.#continued(request) ??
      (firstText === undefined ? undefined : this.#inferred(draft, request, firstText, stated));
    if (subAgent === undefined) return {};
    const parent = subAgent.parent ?? task?.parent ?? draft.session?.sessionId;
    return { subAgent: { ...subAgent, ...(parent !== undefined && { parent }) } };
  }

  /** The call that started the conversation; decided when the conversation is first seen. */
  #startedBy({ processKey }: DraftEvent, firstText: string): TaskCall | undefined {
    if (processKey === 0) return undefined;
    const key = `${processKey}\n${toMark(firstText)}`;
    let started = this.#conversations.get(key);
    if (started === undefined) {
      started = findTaskCall(this.#tasks.get(processKey), firstText) ?? "none";
      this.#conversations.set(key, started);
    }
    return started === "none" ? undefined : started;
  }

  /** The request goes on from an answer to a sub-agent. */
  #continued({ previousResponseId }: ModelRequest): SubAgentRef | undefined {
    return previousResponseId === undefined ? undefined : this.#answers.get(previousResponseId);
  }

  #inferred(
    draft: DraftEvent,
    request: ModelRequest,
    firstText: string,
    stated: StatedAgent,
  ): SubAgentRef | undefined {
    const { session } = draft;
    // A cache key is shared by whatever wants to share a cache.
    if (session === undefined || session.isInferred || session.rule === "body:prompt_cache_key") return undefined;
    const main = this.#mains.get(session.sessionId);
    const mark = toMark(firstText);
    if (main !== undefined && mark !== main.mark && stated.requestClass() === undefined) {
      return toPromptKey(request.systemPrompt) === main.promptKey ? undefined : { rule: INFERRED };
    }
    this.#mains.set(session.sessionId, {
      mark: main?.mark ?? mark,
      promptKey: toPromptKey(request.systemPrompt),
    });
    return undefined;
  }

  #remember(draft: DraftEvent, event: EventOf<"agent.tool_call">): void {
    const { tool, arguments: args, agent } = event.data;
    if (tool.kind !== "task" || draft.processKey === 0) return;
    const task = toTaskCall(event.event_id, args, agent?.session_id);
    if (task === undefined) return;
    const tasks = this.#tasks.get(draft.processKey) ?? [];
    if (tasks.length >= MAX_TASKS) tasks.shift();
    tasks.push(task);
    this.#tasks.set(draft.processKey, tasks);
  }

  #mark(draft: DraftEvent, event: EventOf<"agent.tool_call"> | EventOf<"agent.tool_result">): void {
    const subAgent = this.#current?.subAgent;
    if (subAgent === undefined) return;
    draft.subAgent = subAgent;
    event.data.agent = { ...event.data.agent, ...subAgent };
  }
}

/** Nothing says that an agent makes the call. */
function isPlain(draft: DraftEvent, { tools, requestType, clientMetadata }: ModelRequest): boolean {
  return tools.length === 0 && draft.session === undefined && clientMetadata === undefined &&
    requestType !== "count_tokens" && !isKnownAgent(draft);
}

function toTaskAgent({ type }: TaskCall): SubAgentRef {
  return { ...(type !== undefined && { type }), rule: "task_prompt" };
}

function toMark(firstText: string): string {
  return `${firstText.length}:${firstText.slice(-LONGEST_END)}`;
}
