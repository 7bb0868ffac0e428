import type { Io } from "../io.ts";
import type { Session } from "../session.ts";
import { createProgress } from "../term/progress.ts";
import { renderCost, renderCount } from "../term/number.ts";

const INTERVAL_MS = 500;

/** Shows one line with calls, tokens, cost and losses on the terminal, unless event lines go there. */
export function showProgress(io: Io, session: Session, hasTerminalLines: boolean): { stop(): void } {
  if (hasTerminalLines || !io.stderr.isTerminal || !io.showsProgress || io.isQuiet) return { stop() {} };
  const progress = createProgress(io);
  const show = () => {
    const { total, lossEvents } = session.tally;
    const cost = total.calls === total.callsWithoutCost ? undefined : total.costUsd;
    const lost = lossEvents === 0 ? "" : `, ${renderCount(lossEvents)} losses`;
    progress.update(
      `${renderCount(total.calls)} calls, ${renderCount(total.totalTokens)} tokens, ${renderCost(cost)}${lost}`,
    );
  };
  const timer = setInterval(show, INTERVAL_MS);
  return {
    stop() {
      clearInterval(timer);
      progress.clear();
    },
  };
}
