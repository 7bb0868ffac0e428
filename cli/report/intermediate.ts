import type { Session } from "../session.ts";
import type { ReportFiles } from "./files.ts";

/** A job that is killed has a report at most so old. */
const INTERVAL_MS = 2000;

/**
 * Writes what is known so far while a session runs, as soon as it starts and then whenever there are new events, so that a program
 * that is killed leaves a report. Reports say that they are not complete.
 */
export function keepReports(reports: ReportFiles, session: Session): { stop(): void } {
  if (!reports.canUpdate) return { stop() {} };
  let writtenEvents = -1;
  const update = () => {
    if (session.tally.events === writtenEvents) return;
    writtenEvents = session.tally.events;
    reports.update(session.summarize());
  };
  update();
  const timer = setInterval(update, INTERVAL_MS);
  return { stop: () => clearInterval(timer) };
}
