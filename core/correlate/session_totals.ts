import type { DraftEvent } from "../model/draft.ts";
import type { ModelRequest } from "../model/model_call.ts";
import type { EventOf } from "../model/oisp_event.ts";

/** Most paths of one session that are told apart; more are not counted. */
const MAX_PATHS = 4_096;
/** Sums of binary fractions carry noise far behind what any price has. */
const COST_DIGITS = 12;

/** Published totals of a session. */
export type SessionStats = NonNullable<EventOf<"agent.session">["data"]["stats"]>;

/**
 * Adds up one session. Sums say how many calls they lack; what needs facts of processes or files is absent until the first of
 * them came, for nobody knows whether they are captured at all.
 */
export class SessionTotals {
  #llmCalls = 0;
  #turns = 0;
  #turn: string | undefined;
  #userTexts = 0;
  #auxiliaryCalls = 0;
  #toolCalls = 0;
  #toolFailures = 0;
  #tokensUsed = 0;
  #callsWithoutUsage = 0;
  #costUsd = 0;
  #callsWithoutCost = 0;
  #commands = 0;
  readonly #pathsRead = new Set<string>();
  readonly #pathsWritten = new Set<string>();

  /**
   * A request of the session's own agent: a turn begins where the client says so, else with a user's text that was not there
   * before.
   */
  request(request: ModelRequest, namedTurn: string | undefined): void {
    const texts =
      request.messages.filter(({ role, content, toolResults }) =>
        role === "user" && content !== undefined && toolResults === undefined
      ).length;
    const isNew = namedTurn === undefined
      ? texts > (request.isDelta === true ? 0 : this.#userTexts)
      : namedTurn !== this.#turn;
    if (isNew) this.#turns++;
    this.#turn = namedTurn;
    this.#userTexts = texts;
  }

  /** A call that is no turn: a title, a summary. */
  auxiliary(): void {
    this.#auxiliaryCalls++;
  }

  /** An answer of a model. */
  response({ data }: EventOf<"ai.response">): void {
    // Counting tokens asks no model.
    if (data.request_type === "count_tokens") return;
    const { usage, cost } = data;
    this.#llmCalls++;
    if (usage?.total_tokens === undefined) this.#callsWithoutUsage++;
    else this.#tokensUsed += usage.total_tokens;
    if (cost?.usd === undefined) this.#callsWithoutCost++;
    else this.#costUsd += cost.usd;
  }

  /** A tool call; those inside the script of another one are part of it. */
  call({ data, related_events: links }: EventOf<"agent.tool_call">): void {
    if (data.parent_call_id === undefined) this.#toolCalls++;
    // Programs that were started before the call was told are named by the call.
    if (links?.some(({ rule }) => isCommandRule(rule)) === true) this.#commands++;
  }

  /** A tool's result. */
  result({ data }: EventOf<"agent.tool_result">): void {
    if (data.success === false) this.#toolFailures++;
  }

  /** What one of the session's tool calls, or its own program, did. */
  effect({ event }: DraftEvent): void {
    if (event.event_type === "process.exec") {
      const isCommand = event.related_events?.some(({ rule }) => isCommandRule(rule));
      if (isCommand === true) this.#commands++;
    } else if (event.event_type === "file.read") addPath(this.#pathsRead, event.data.path);
    else if (event.event_type === "file.write") addPath(this.#pathsWritten, event.data.path);
  }

  /** What is published. */
  toStats(): SessionStats {
    const knowsUsage = this.#callsWithoutUsage < this.#llmCalls || this.#llmCalls === 0;
    return {
      llm_calls: this.#llmCalls,
      ...(this.#turns > 0 && { turns: this.#turns }),
      ...(this.#auxiliaryCalls > 0 && { auxiliary_calls: this.#auxiliaryCalls }),
      tool_calls: this.#toolCalls,
      tool_failures: this.#toolFailures,
      ...(knowsUsage && { tokens_used: this.#tokensUsed }),
      ...(this.#callsWithoutUsage > 0 && { calls_without_usage: this.#callsWithoutUsage }),
      ...(this.#callsWithoutCost === 0 && { cost_usd: Number(this.#costUsd.toFixed(COST_DIGITS)) }),
      ...(this.#callsWithoutCost > 0 && { calls_without_cost: this.#callsWithoutCost }),
      ...(this.#commands > 0 && { commands: this.#commands }),
      ...(this.#pathsRead.size > 0 && { files_read: this.#pathsRead.size }),
      ...(this.#pathsWritten.size > 0 && { files_written: this.#pathsWritten.size }),
    };
  }
}

function addPath(paths: Set<string>, path: string): void {
  if (paths.size < MAX_PATHS) paths.add(path);
}

/** The rule names the very program a call asked for. */
function isCommandRule(rule: string | undefined): boolean {
  return rule?.startsWith("argv_") === true || rule === "first_word";
}
