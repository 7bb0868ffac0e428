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

/** Whether a known application that acts by itself makes the call. */
export function isKnownAgent({ event: { app } }: DraftEvent): boolean {
  return app?.name !== undefined && AGENT_CATEGORIES.has(app.category ?? "");
}

/**
 * Gives the agent that made a call: its name and version where the application is a known one, the session the call belongs to, and
 * what is known of a sub-agent.
 */
export function findAgent(draft: DraftEvent): AgentData | undefined {
  const { app } = draft.event;
  const agent: AgentData = {};
  if (app?.name !== undefined && isKnownAgent(draft)) {
    agent.name = app.name;
    if (app.version !== undefined) agent.version = app.version;
  }
  if (draft.session !== undefined) agent.session_id = draft.session.sessionId;
  if (draft.subAgent !== undefined) Object.assign(agent, draft.subAgent);
  return Object.keys(agent).length === 0 ? undefined : agent;
}
