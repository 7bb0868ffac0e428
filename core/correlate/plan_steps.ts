/** Reads the arguments of plan tools, and compares a list of steps with the one before. */

/** One step of a list. */
export interface PlanStep {
  /** The tool's own id of it, else its text. */
  readonly key: string;
  readonly text?: string;
  readonly status?: string;
}

/** A list of steps. */
export interface ListPlan {
  readonly steps: readonly PlanStep[];
  /** The list has only what changes. */
  readonly isPart: boolean;
}

/** One task, to be made (without an id) or changed; or a plan that is one text. */
export interface SinglePlan {
  readonly id?: string;
  readonly text?: string;
  readonly status?: string;
}

/** Steps by their keys, as they were last. */
export type PlanSteps = ReadonlyMap<string, PlanStep>;

/** A step that is new, or whose status or text is another one. */
export interface PlanChange {
  readonly text?: string | undefined;
  readonly status?: string | undefined;
  /** Its place in the list, from 0. */
  readonly position?: number;
  readonly isNew: boolean;
}

const MAX_STEPS = 256;
const LIST_NAMES = ["todos", "plan", "tasks", "todoList", "todo_list", "items"];
const TEXT_NAMES = ["content", "step", "subject", "description", "title", "text"];
const ID_NAMES = ["taskId", "task_id"];

/** Reads a list of steps, a single task, or a plan text; undefined for anything else. */
export function readPlan(args: unknown): ListPlan | SinglePlan | undefined {
  if (!isRecord(args)) return undefined;
  if (typeof args["plan"] === "string") return { text: args["plan"] };
  const list = LIST_NAMES.map((name) => args[name]).find((value) => Array.isArray(value));
  if (Array.isArray(list)) {
    return { steps: list.slice(0, MAX_STEPS).flatMap(readStep), isPart: args["merge"] === true };
  }
  const id = readWord(args, ID_NAMES);
  const text = readWord(args, TEXT_NAMES);
  const status = readWord(args, ["status"]);
  if (id === undefined && text === undefined) return undefined;
  return {
    ...(id !== undefined && { id }),
    ...(text !== undefined && { text }),
    ...(status !== undefined && { status }),
  };
}

/** The changes that a list brings, and the steps that are there after it. */
export function compareSteps(
  before: PlanSteps | undefined,
  { steps, isPart }: ListPlan,
): { readonly changes: readonly PlanChange[]; readonly steps: PlanSteps } {
  const after = new Map(isPart ? before : undefined);
  const changes: PlanChange[] = [];
  steps.forEach(({ key, text, status }, position) => {
    const known = before?.get(key);
    const now = { text: text ?? known?.text, status: status ?? known?.status };
    after.set(key, {
      key,
      ...(now.text !== undefined && { text: now.text }),
      ...(now.status && { status: now.status }),
    });
    if (known !== undefined && known.text === now.text && known.status === now.status) return;
    changes.push({ ...now, ...(!isPart && { position }), isNew: known === undefined });
  });
  // A call without one step that can be read changes nothing.
  return { changes, steps: steps.length === 0 && before !== undefined ? before : after };
}

function readStep(item: unknown): PlanStep[] {
  if (!isRecord(item)) return [];
  const text = readWord(item, TEXT_NAMES);
  const key = readWord(item, ["id"]) ?? text;
  const status = readWord(item, ["status"]);
  if (key === undefined) return [];
  return [{ key, ...(text !== undefined && { text }), ...(status !== undefined && { status }) }];
}

function readWord(record: Readonly<Record<string, unknown>>, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = record[name];
    if (typeof value === "string" && value !== "") return value;
    if (typeof value === "number") return String(value);
  }
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
