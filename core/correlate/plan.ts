/**
 * Plan steps. From tools whose arguments are the plan: a list of steps that is sent whole each time is compared with the one
 * before, and each new step or change of status is published. And from readable reasoning of an answer to a request with tools:
 * what the model says to itself before it acts; source and confidence say which.
 *
 * State: the last plan of 1,024 sessions (program runs, where there is no session), at most 256 steps each, oldest forgotten first.
 */
import type { DraftEvent, StoryContext } from "../model/draft.ts";
import type { ToolCall } from "../model/model_call.ts";
import { BoundedMap } from "./bounded_map.ts";
import type { Correlator, CorrelatorState } from "./correlator.ts";
import { findAgent } from "./agent_facts.ts";
import { createDerivedEvent } from "./derived_event.ts";
import { findToolKind } from "./tool_kind.ts";

const MAX_STEPS = 256;

interface PlanStep {
  readonly text: string;
  readonly status?: string;
}

/** Steps of the plan an agent keeps with a tool. */
export const plan: Correlator = {
  id: "plan",
  summary: "Plan steps, from the to-do lists agents keep with a tool and from readable reasoning",
  stability: "experimental",
  create: () => new PlanStory(),
};

class PlanStory implements CorrelatorState {
  readonly #plans = new BoundedMap<string, ReadonlyMap<string, string | undefined>>(1_024);

  push(draft: DraftEvent, context: StoryContext): readonly DraftEvent[] {
    if (draft.event.event_type !== "ai.response") return [];
    const events: DraftEvent[] = [];
    const hasTools = (draft.call?.request?.tools.length ?? 0) > 0;
    for (const choice of draft.call?.response?.choices ?? []) {
      const { reasoning } = choice.message;
      if (hasTools && reasoning !== undefined && reasoning !== "") {
        events.push(toReasoningEvent(draft, context, reasoning, events.length));
      }
      for (const call of choice.message.toolCalls ?? []) {
        if (findToolKind(call.name).kind !== "plan") continue;
        for (const { step, position, isNew } of this.#changes(draft, call)) {
          events.push(toStepEvent(draft, context, step, position, isNew, events.length));
        }
      }
    }
    return events;
  }

  advance(): readonly DraftEvent[] {
    return [];
  }

  close(): readonly DraftEvent[] {
    return [];
  }

  #changes(draft: DraftEvent, call: ToolCall): { step: PlanStep; position: number; isNew: boolean }[] {
    const steps = parseSteps(call.arguments);
    if (steps.length === 0) return [];
    const key = `${draft.session?.sessionId ?? draft.processKey}\n${call.name}`;
    const before = this.#plans.get(key);
    this.#plans.set(key, new Map(steps.map((step) => [step.text, step.status])));
    return steps
      .map((step, position) => ({ step, position, isNew: before?.has(step.text) !== true }))
      .filter(({ step, isNew }) => isNew || before?.get(step.text) !== step.status);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads `todos[]` / `plan[]` / `tasks[]` lists, a single task, or a plan text; anything else gives no step. */
function parseSteps(args: unknown): PlanStep[] {
  if (!isRecord(args)) return [];
  if (typeof args["plan"] === "string") return [{ text: args["plan"] }];
  const list = args["todos"] ?? args["plan"] ?? args["tasks"];
  const items = Array.isArray(list) ? list.slice(0, MAX_STEPS) : [args];
  return items.flatMap((item) => {
    if (!isRecord(item)) return [];
    const text = item["content"] ?? item["step"] ?? item["description"] ?? item["subject"] ?? item["title"];
    if (typeof text !== "string") return [];
    return [{ text, ...(typeof item["status"] === "string" && { status: item["status"] }) }];
  });
}

function toStepEvent(
  draft: DraftEvent,
  context: StoryContext,
  step: PlanStep,
  position: number,
  isNew: boolean,
  index: number,
): DraftEvent {
  const agent = findAgent(draft);
  return createDerivedEvent(draft, context, {
    eventType: "agent.plan_step",
    index,
    timeNs: draft.timeNs,
    confidence: { level: "high", completeness: "full", reasons: ["plan_tool"] },
    data: {
      ...(agent !== undefined && { agent }),
      step_index: position,
      step_type: isNew ? "planning" : "revision",
      ...(step.status !== undefined && { status: step.status }),
      description: step.text,
      source: "tool",
      related_event_id: draft.event.event_id,
    },
  });
}

function toReasoningEvent(draft: DraftEvent, context: StoryContext, reasoning: string, index: number): DraftEvent {
  const agent = findAgent(draft);
  return createDerivedEvent(draft, context, {
    eventType: "agent.plan_step",
    index,
    timeNs: draft.timeNs,
    confidence: { level: "medium", completeness: "full", reasons: ["reasoning"] },
    data: {
      ...(agent !== undefined && { agent }),
      step_type: "reasoning",
      description: reasoning,
      source: "reasoning",
      related_event_id: draft.event.event_id,
    },
  });
}
