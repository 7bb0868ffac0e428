import type { Io } from "../io.ts";
import type { Session } from "../session.ts";
import { createProgress } from "../term/progress.ts";
import { renderCost, renderCount } from "../term/number.ts";

const INTERVAL_MS = 500;
/** With -v and without a terminal: one plain line at most so often. */
const LOG_INTERVAL_MS = 30_000;

function renderState({ tally }: Session): string {
  const { total, lossEvents } = tally;
  const cost = total.calls === total.callsWithoutCost ? undefined : total.costUsd;
  const lost = lossEvents === 0 ? "" : `, ${renderCount(lossEvents)} losses`;
  return `${renderCount(total.calls)} ${total.calls === 1 ? "call" : "calls"}, ${
    renderCount(total.totalTokens)
  } tokens, ${renderCost(cost)}${lost}`;
}

function logState(io: Io, session: Session): { stop(): void } {
  const timer = setInterval(() => io.say(`oisp: ${renderState(session)}`), LOG_INTERVAL_MS);
  return { stop: () => clearInterval(timer) };
}

/** Shows one line with calls, tokens, cost and losses on the terminal, unless event lines go there. */
export function showProgress(io: Io, session: Session, hasTerminalLines: boolean): { stop(): void } {
  if (!io.stderr.isTerminal) return io.verbosity > 0 ? logState(io, session) : { stop() {} };
  if (hasTerminalLines || !io.showsProgress || io.isQuiet) return { stop() {} };
  const progress = createProgress(io);
  const timer = setInterval(() => progress.update(renderState(session)), INTERVAL_MS);
  return {
    stop() {
      clearInterval(timer);
      progress.clear();
    },
  };
}
