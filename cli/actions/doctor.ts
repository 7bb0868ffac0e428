import * as v from "valibot";
import { type Finding, FindingError } from "../../core/model/finding.ts";
import { createRedactor } from "../../core/redact/redactor.ts";
import type { Invocation } from "../command.ts";
import { renderFinding, toFindingJson } from "../errors.ts";
import { ExitCode } from "../exit_codes.ts";
import type { Io } from "../io.ts";
import { askLibrary } from "../native.ts";
import { DoctorReply, ExplainPidReply, toFindings } from "../native_facts.ts";
import { paint } from "../term/color.ts";
import { sanitize } from "../term/sanitize.ts";
import { pad } from "../term/width.ts";

type Mark = "good" | "warning" | "bad";

const MARKS = {
  good: ["✓", "green"],
  warning: ["!", "yellow"],
  bad: ["✗", "red"],
} as const;

function renderRow(io: Io, mark: Mark, name: string, text: string): string {
  const [sign, style] = MARKS[mark];
  return `${paint(sign, style, io.stdout.hasColor)} ${pad(sanitize(name), 14)}  ${sanitize(text)}`;
}

/** A library that cannot be loaded is a finding of the doctor, not the end of it. */
function toProblem(error: unknown): FindingError {
  if (error instanceof FindingError) return error;
  throw error;
}

function writeUnavailable({ io, flags }: Invocation, { findings, exitCode }: FindingError): number {
  if (flags.isOn("json")) {
    io.stdout.writeSync(JSON.stringify({ can_capture: false, findings: findings.map(toFindingJson) }) + "\n");
  } else {
    for (const finding of findings) io.stdout.writeSync(renderFinding(finding, io.stdout.hasColor) + "\n");
    if (exitCode !== ExitCode.unavailable) return ExitCode.failed;
    io.stdout.writeSync("\nwithout the library: oisp decode, oisp replay, oisp redact and oisp demo work\n");
  }
  return ExitCode.failed;
}

function renderFeatures(io: Io, reply: DoctorReply): string[] {
  return reply.features.map((row) => {
    if (row.works) return renderRow(io, "good", row.feature, row.how);
    const instead = row.instead === undefined ? "" : `; instead: ${row.instead}`;
    return renderRow(io, row.instead === undefined ? "bad" : "warning", row.feature, row.how + instead);
  });
}

type LibraryRow = DoctorReply["libraries"][number];

function renderLibrary(io: Io, row: LibraryRow): string {
  const path = row.path ?? "";
  if (row.covered) return renderRow(io, "good", row.library ?? "tls", path);
  const reason = [row.reason, row.detail].filter((part) => part !== undefined).join(": ");
  return renderRow(io, "warning", row.library ?? "not covered", `${path}  ${reason}`);
}

function renderFindings(io: Io, findings: readonly Finding[]): string[] {
  return findings.map((finding) =>
    finding.severity === "info"
      ? renderRow(io, "good", "", finding.what).trimEnd()
      : renderFinding(finding, io.stdout.hasColor)
  );
}

function writeMachine({ io, flags }: Invocation, raw: unknown): number {
  const reply = v.parse(DoctorReply, raw);
  const findings = toFindings(reply.findings);
  if (flags.isOn("json")) io.stdout.writeSync(JSON.stringify(reply) + "\n");
  else {
    const lines = [
      `kernel ${sanitize(reply.kernel ?? "?")}: capture ${reply.can_capture ? "works" : "is not possible"} here`,
      "",
      "What was tried:",
      ...renderFeatures(io, reply),
      ...(reply.libraries.length === 0 ? [] : ["", "TLS libraries of this machine:"]),
      ...reply.libraries.map((row) => renderLibrary(io, row)),
      ...(findings.length === 0 ? [] : ["", "Findings:"]),
      ...renderFindings(io, findings),
    ];
    io.stdout.writeSync(lines.join("\n") + "\n");
  }
  return reply.can_capture ? ExitCode.ok : ExitCode.failed;
}

/** A command line may hold secrets; it is shown masked. */
function maskArguments(reply: ExplainPidReply): ExplainPidReply {
  if (reply.args === undefined) return reply;
  const redactor = createRedactor({ modes: ["masked"] });
  return { ...reply, args: [redactor.redactText(reply.args.join(" "))] };
}

function writeProcess({ io, flags }: Invocation, raw: unknown): number {
  const reply = maskArguments(v.parse(ExplainPidReply, raw));
  const findings = toFindings(reply.findings);
  if (flags.isOn("json")) io.stdout.writeSync(JSON.stringify(reply) + "\n");
  else {
    const facts = [
      ["program", reply.exe],
      ["command", reply.args?.[0]],
      ["user", reply.username],
      ["cgroup", reply.cgroup],
    ] as const;
    const lines = [
      `process ${reply.pid} (${sanitize(reply.comm ?? "?")})`,
      ...facts.flatMap(([name, text]) => text === undefined ? [] : [`  ${pad(name, 9)}${sanitize(text)}`]),
      "",
      ...(reply.tls.length === 0 ? ["no TLS code was recognised"] : reply.tls.map((row) => renderLibrary(io, row))),
      "",
      ...renderFindings(io, findings),
    ];
    io.stdout.writeSync(lines.join("\n") + "\n");
  }
  const isCovered = reply.tls.some((row) => row.covered);
  const isBlocked = findings.some((finding) => finding.severity === "error");
  return isCovered && !isBlocked ? ExitCode.ok : ExitCode.failed;
}

/** Says what can be captured on this machine, or about one process. */
export async function run(invocation: Invocation): Promise<number> {
  const pid = invocation.flags.number("pid");
  let reply: unknown;
  try {
    reply = pid === undefined ? await askLibrary("doctor") : await askLibrary("explain_pid", { pid });
  } catch (error) {
    return writeUnavailable(invocation, toProblem(error));
  }
  return pid === undefined ? writeMachine(invocation, reply) : writeProcess(invocation, reply);
}
