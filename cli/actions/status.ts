import type { Invocation } from "../command.ts";
import { ExitCode } from "../exit_codes.ts";
import type { Io } from "../io.ts";
import { askStatus, isReady, listSensors, type StatusReply } from "../live/sensors.ts";
import { isLoss } from "../report/summary.ts";
import { paint } from "../term/color.ts";
import { renderBytes, renderCount, renderDuration } from "../term/number.ts";
import { sanitize } from "../term/sanitize.ts";

const POLL_MS = 100;

/** Waits until a sensor is ready. Gives false when the time is over. */
async function waitUntilReady(io: Io, limitMs: number): Promise<boolean> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const sensors = await listSensors(io);
    const ready = await Promise.all(sensors.map(isReady));
    if (ready.length > 0 && ready.every(Boolean)) return true;
    if (performance.now() >= endMs) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function sum(counts: Readonly<Record<string, number>> | undefined): number {
  return Object.values(counts ?? {}).reduce((total, count) => total + count, 0);
}

function renderLost(status: StatusReply): string {
  const bytes = sum(status.account?.lost);
  const items = Object.entries(status.losses).flatMap(([stage, counts]) =>
    Object.entries(counts).map(([reason, count]) => isLoss(`${stage}.${reason}`) ? count : 0)
  ).reduce((total, count) => total + count, 0);
  if (bytes + items === 0) return "0";
  return [bytes > 0 ? renderBytes(bytes) : "", items > 0 ? `${renderCount(items)} items` : ""].filter(Boolean).join(
    ", ",
  );
}

function renderSensor(io: Io, status: StatusReply): string[] {
  const { hasColor } = io.stdout;
  const row = (label: string, text: string) => `  ${paint(label.padEnd(10), "dim", hasColor)}  ${sanitize(text)}`;
  const style = status.status === "healthy" ? "green" : "yellow";
  const calls = (status.events["ai.response"] ?? 0) + (status.events["ai.embedding"] ?? 0);
  const readiness = status.ready ? "attached to everything found" : "still attaching";
  const lines = [
    `sensor ${status.pid} (${sanitize(status.command)}): ${
      paint(sanitize(status.status), style, hasColor)
    }, ${readiness}`,
    row("running", renderDuration(Math.max(0, Date.now() - Date.parse(status.started_at)))),
    row("calls", `${renderCount(calls)} (${renderCount(sum(status.events))} events)`),
    row("lost", renderLost(status)),
    row("redaction", status.redaction),
    row("watched by", `${status.clients} ${status.clients === 1 ? "client" : "clients"}`),
  ];
  for (const [name, state] of Object.entries(status.exports)) {
    lines.push(row("output", `${name}: ${state.status}, ${renderCount(state.events_exported)} events`));
  }
  if (status.recording !== undefined) {
    const { path, written_bytes: bytes } = status.recording;
    lines.push(row("recording", `${path} (${renderBytes(bytes)}), contains plaintext`));
  }
  return lines;
}

/** Lists the sensors that run. */
export async function run({ io, flags }: Invocation): Promise<number> {
  const limitMs = flags.number("wait");
  const hasWaited = limitMs === undefined || await waitUntilReady(io, limitMs);
  const sensors = await listSensors(io);
  const answers = await Promise.all(sensors.map(askStatus));
  const known = answers.filter((answer) => answer !== undefined);
  const exitCode = known.length > 0 && hasWaited ? ExitCode.ok : ExitCode.failed;
  if (flags.isOn("json")) {
    io.stdout.writeSync(JSON.stringify({ running: known.length > 0, sensors: known }) + "\n");
  } else if (known.length > 0) {
    io.stdout.writeSync(known.flatMap((status) => renderSensor(io, status)).join("\n") + "\n");
  } else {
    io.stdout.writeSync("no sensor runs\n");
    io.say("oisp: start one with: sudo oisp record");
  }
  return exitCode;
}
