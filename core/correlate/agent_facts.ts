import type { DraftEvent } from "../model/draft.ts";
import type { EventOf } from "../model/oisp_event.ts";

/** The agent of an `agent.*` event. */
export type AgentData = NonNullable<EventOf<"agent.tool_call">["data"]["agent"]>;

/** Kinds of applications that act by themselves. */
const AGENT_CATEGORIES: ReadonlySet<string> = new Set([
  "agent-cli",
  "ide-extension",
  "ide",
  "agent-service",
  "agent-manager",
  "automation",
]);

/** Gives the agent that made a call: its name and version where the application is a known one, and the session the call belongs to. */
export function findAgent(draft: DraftEvent): AgentData | undefined {
  const { app } = draft.event;
  const agent: AgentData = {};
  if (app?.name !== undefined && AGENT_CATEGORIES.has(app.category ?? "")) {
    agent.name = app.name;
    if (app.version !== undefined) agent.version = app.version;
  }
  if (draft.session !== undefined) agent.session_id = draft.session.sessionId;
  const parent = findParentAgent(draft);
  if (parent !== undefined) agent.parent = parent;
  return Object.keys(agent).length === 0 ? undefined : agent;
}

/** Codex names the kind of helper that makes a request on behalf of the main agent. */
function findParentAgent(draft: DraftEvent): string | undefined {
  return draft.exchange?.request.headers.has("x-openai-subagent") === true ? draft.event.app?.id : undefined;
}
