import { recording } from "../../core/capture/recording.ts";
import type { RedactedEvent } from "../../core/model/oisp_event.ts";
import { PROGRAM_VERSION } from "../../core/model/version.ts";
import { createPipeline } from "../../core/pipeline/pipeline.ts";
import type { Invocation } from "../command.ts";
import story from "../demo/story.oispcap" with { type: "bytes" };
import { renderDemo } from "../demo/view.ts";
import { ExitCode } from "../exit_codes.ts";
import { RunTally } from "../report/tally.ts";
import { renderSummary } from "../report/summary.ts";

const PIPE_COLUMNS = 100;

/** Lines to copy at the end. */
const NEXT = [
  "sudo oisp run -- python3 my_agent.py     your own command",
  "sudo oisp record                         the whole machine",
  "oisp doctor                              what can be captured here",
];

/** Runs the shipped recording through the whole pipeline and shows what came out. */
export async function run({ io, flags }: Invocation): Promise<number> {
  const source = await recording.open({ from: story });
  const events: RedactedEvent[] = [];
  const tally = new RunTally();
  const take = (event: RedactedEvent) => {
    events.push(event);
    tally.observe(event);
  };
  const startMs = performance.now();
  const pipeline = createPipeline({
    source,
    destinations: [],
    taps: [{ mode: "masked", take }],
    collectorVersion: PROGRAM_VERSION,
  });
  await pipeline.run();
  if (flags.isOn("json")) {
    io.stdout.writeSync(events.map((event) => JSON.stringify(event) + "\n").join(""));
    return ExitCode.ok;
  }
  io.say("oisp: a recording of three programs, through the whole pipeline; contents are masked");
  const columns = io.stdout.isTerminal ? io.stdout.columns() : PIPE_COLUMNS;
  io.stdout.writeSync(renderDemo(events, { hasColor: io.stdout.hasColor, columns }).join("\n") + "\n");
  const summary = {
    startedAtMs: Date.now(),
    durationMs: performance.now() - startMs,
    tally,
    droppedItems: {},
    outputs: [],
    findings: [],
  };
  const options = { isTerminal: io.stderr.isTerminal, hasColor: io.stderr.hasColor, columns, files: [] };
  for (const line of renderSummary(summary, options)) io.say(line);
  // `deno task demo` goes on with a live part and ends with lines of its own.
  if (io.env("OISP_DEMO_GOES_ON") === "1") return ExitCode.ok;
  io.say("");
  for (const line of NEXT) io.say(`  ${line}`);
  return ExitCode.ok;
}
