/**
 * Plan steps. From tools whose arguments are the plan: a list of steps that is sent whole each time is compared with the one
 * before, and each new step or change of status is published; tools that make and change one task at a time are followed by the
 * task's number. And from what the model says to itself or to the user before it acts: readable reasoning, and text beside tool
 * calls, of answers to requests with tools; source and confidence say which.
 *
 * State: the last plan of 1,024 sessions (program runs, where there is no session), at most 256 steps each, and 4,096 tasks, oldest
 * forgotten first.
 */
import type { DraftEvent, StoryContext } from "../model/draft.ts";
import type { Choice } from "../model/model_call.ts";
import type { EventOf } from "../model/oisp_event.ts";
import { findAgent } from "./agent_facts.ts";
import { BoundedMap } from "./bounded_map.ts";
import type { Correlator, CorrelatorState } from "./correlator.ts";
import { createDerivedEvent } from "./derived_event.ts";
import { compareSteps, type PlanChange, type PlanSteps, readPlan, type SinglePlan } from "./plan_steps.ts";
import { findToolKind } from "./tool_kind.ts";

type StepData = EventOf<"agent.plan_step">["data"];

/** Steps of the plan an agent keeps with a tool. */
export const plan: Correlator = {
  id: "plan",
  summary: "Plan steps, from the to-do lists agents keep with a tool and from readable reasoning",
  stability: "experimental",
  create: () => new PlanStory(),
};

/** A task that a tool made, by the number that the tool gave it. */
interface Task {
  readonly text: string | undefined;
  readonly status: string | undefined;
}

class PlanStory implements CorrelatorState {
  readonly #plans = new BoundedMap<string, PlanSteps>(1_024);
  readonly #tasks = new BoundedMap<string, Task>(4_096);
  /** Texts of tasks whose number is not known yet, by the event of the call that makes them. */
  readonly #made = new BoundedMap<string, string>(4_096);

  push(draft: DraftEvent, context: StoryContext): readonly DraftEvent[] {
    const { event } = draft;
    if (event.event_type === "agent.tool_call") this.#making(event);
    else if (event.event_type === "agent.tool_result") this.#madeOne(draft, event);
    return event.event_type === "ai.response" ? this.#answer(draft, context) : [];
  }

  advance(): readonly DraftEvent[] {
    return [];
  }

  close(): readonly DraftEvent[] {
    return [];
  }

  #answer(draft: DraftEvent, context: StoryContext): DraftEvent[] {
    const hasTools = (draft.call?.request?.tools.length ?? 0) > 0;
    const events: DraftEvent[] = [];
    for (const choice of draft.call?.response?.choices ?? []) {
      for (const [reason, text] of hasTools ? readThoughts(choice) : []) {
        events.push(toThoughtEvent(draft, context, reason, text, events.length));
      }
      for (const call of choice.message.toolCalls ?? []) {
        if (findToolKind(call.name).kind !== "plan") continue;
        for (const change of this.#changes(draft, call.name, call.arguments)) {
          events.push(toStepEvent(draft, context, change, events.length));
        }
      }
    }
    return events;
  }

  #changes(draft: DraftEvent, name: string, args: unknown): readonly PlanChange[] {
    const read = readPlan(args);
    if (read === undefined) return [];
    if (!("steps" in read)) return this.#changeOfOne(draft, read);
    const key = `${toOwner(draft)}\n${name}`;
    const { changes, steps } = compareSteps(this.#plans.get(key), read);
    this.#plans.set(key, steps);
    return changes;
  }

  #changeOfOne(draft: DraftEvent, { id, text, status }: SinglePlan): readonly PlanChange[] {
    if (id === undefined) return text === undefined ? [] : [{ text, status, isNew: true }];
    const key = `${toOwner(draft)}\n${id}`;
    const before = this.#tasks.get(key);
    const after: Task = { text: text ?? before?.text, status: status ?? before?.status };
    if (after.text === before?.text && after.status === before?.status) return [];
    this.#tasks.set(key, after);
    return [{ ...after, isNew: false }];
  }

  #making({ event_id: id, data }: EventOf<"agent.tool_call">): void {
    if (data.tool.kind !== "plan") return;
    const read = readPlan(data.arguments);
    if (read !== undefined && !("steps" in read) && read.id === undefined && read.text !== undefined) {
      this.#made.set(id, read.text);
    }
  }

  /** The result of the tool that made a task has its number: `Task #3 created`. */
  #madeOne(draft: DraftEvent, { data }: EventOf<"agent.tool_result">): void {
    const text = this.#made.get(data.related_event_id ?? "");
    const id = typeof data.result === "string" ? /#(\w{1,32})/.exec(data.result)?.[1] : undefined;
    if (text !== undefined && id !== undefined) {
      this.#tasks.set(`${toOwner(draft)}\n${id}`, { text, status: undefined });
    }
  }
}

function toOwner(draft: DraftEvent): string {
  return draft.session?.sessionId ?? String(draft.processKey);
}

/** What the model says before it acts, and why that is no answer. */
function readThoughts({ message }: Choice): (readonly [reason: string, text: string])[] {
  const { reasoning, content, toolCalls = [] } = message;
  const thoughts: (readonly [string, string])[] = [];
  if (reasoning !== undefined && reasoning !== "") thoughts.push(["reasoning", reasoning]);
  // Text beside calls that the vendor ran itself is the answer made with them.
  const isCommentary = toolCalls.some((call) => call.isServerSide !== true);
  if (isCommentary && content !== undefined && content.trim() !== "") thoughts.push(["commentary", content]);
  return thoughts;
}

function toStepEvent(draft: DraftEvent, context: StoryContext, change: PlanChange, index: number): DraftEvent {
  const { text, status, position, isNew } = change;
  return toPlanEvent(draft, context, index, { level: "high", completeness: "full", reasons: ["plan_tool"] }, {
    ...(position !== undefined && { step_index: position }),
    step_type: isNew ? "planning" : "revision",
    ...(status !== undefined && { status }),
    ...(text !== undefined && { description: text }),
    source: "tool",
  });
}

function toThoughtEvent(
  draft: DraftEvent,
  context: StoryContext,
  reason: string,
  text: string,
  index: number,
): DraftEvent {
  return toPlanEvent(draft, context, index, { level: "medium", completeness: "full", reasons: [reason] }, {
    step_type: "reasoning",
    description: text,
    source: "reasoning",
  });
}

function toPlanEvent(
  draft: DraftEvent,
  context: StoryContext,
  index: number,
  confidence: DraftEvent["event"]["confidence"],
  data: StepData,
): DraftEvent {
  const agent = findAgent(draft);
  return createDerivedEvent(draft, context, {
    eventType: "agent.plan_step",
    index,
    timeNs: draft.timeNs,
    confidence,
    data: { ...(agent !== undefined && { agent }), ...data, related_event_id: draft.event.event_id },
  });
}
