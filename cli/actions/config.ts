import { type Finding, FindingError } from "../../core/model/finding.ts";
import { type Config, type EffectiveValue, loadConfig } from "../../core/config/load.ts";
import { renderInitFile, toTomlValue } from "../../core/config/init.ts";
import type { Invocation } from "../command.ts";
import { toFindingJson, writeFindings } from "../errors.ts";
import { ExitCode } from "../exit_codes.ts";
import { toConfigRequest } from "../settings.ts";
import { sanitize } from "../term/sanitize.ts";
import { pad } from "../term/width.ts";
import { usageError } from "../usage.ts";

function load(invocation: Invocation): Config {
  const request = toConfigRequest(invocation);
  const file = invocation.args[1];
  return loadConfig(file === undefined ? request : { ...request, flagFile: file });
}

function countBySeverity(findings: readonly Finding[]): string {
  const errors = findings.filter((finding) => finding.severity === "error").length;
  const warnings = findings.length - errors;
  return `${errors} ${errors === 1 ? "error" : "errors"}, ${warnings} ${warnings === 1 ? "warning" : "warnings"}`;
}

function check(invocation: Invocation): number {
  const { io, flags } = invocation;
  let findings: readonly Finding[];
  let file: string | undefined;
  try {
    const config = load(invocation);
    findings = config.findings;
    file = config.file;
  } catch (error) {
    if (!(error instanceof FindingError)) throw error;
    findings = error.findings;
  }
  const isGood = findings.every((finding) => finding.severity !== "error");
  if (flags.isOn("json")) {
    io.stdout.writeSync(
      JSON.stringify({ ok: isGood, ...(file === undefined ? {} : { file }), findings: findings.map(toFindingJson) }) +
        "\n",
    );
  } else {
    writeFindings(io.stderr, findings);
    const subject = file === undefined && isGood ? "no configuration file, defaults hold" : sanitize(file ?? "");
    io.say(isGood ? `oisp: ${subject}: good (${countBySeverity(findings)})` : `oisp: ${countBySeverity(findings)}`);
  }
  return isGood ? ExitCode.ok : ExitCode.config;
}

function shownValue(value: EffectiveValue): unknown {
  return value.isSecret ? "***" : value.value;
}

function show(invocation: Invocation): number {
  const { io, flags } = invocation;
  const config = load(invocation);
  if (flags.isOn("json")) {
    const values = config.values.map((value) => ({
      key: value.path,
      value: shownValue(value),
      origin: value.origin,
    }));
    io.stdout.writeSync(
      JSON.stringify({ ...(config.file === undefined ? {} : { file: config.file }), values }) + "\n",
    );
    return ExitCode.ok;
  }
  const lines = config.values.map((
    value,
  ) => [`${value.path} = ${sanitize(toTomlValue(shownValue(value)))}`, value.origin]);
  const width = Math.min(60, Math.max(0, ...lines.map(([text]) => text?.length ?? 0)));
  for (const [text = "", origin = ""] of lines) io.stdout.writeSync(`${pad(text, width)}   # ${sanitize(origin)}\n`);
  writeFindings(io.stderr, config.findings);
  return ExitCode.ok;
}

/** Checks, shows or begins a configuration file. */
export function run(invocation: Invocation): Promise<number> {
  if (invocation.args[0] === "check") return Promise.resolve(check(invocation));
  if (invocation.args[0] === "show") return Promise.resolve(show(invocation));
  const file = invocation.args[1];
  if (file !== undefined) {
    throw usageError({
      code: "OISP-CLI-005",
      severity: "error",
      what: `Cannot use argument ${JSON.stringify(file)}: init writes to stdout`,
      fix: `oisp config init > FILE`,
    });
  }
  invocation.io.stdout.writeSync(renderInitFile());
  return Promise.resolve(ExitCode.ok);
}
