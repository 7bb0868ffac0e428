/** From file, environment and flags to checked values, each with its origin. */
import type { InferOutput } from "valibot";
import { type Finding, FindingError } from "../model/finding.ts";
import { type CheckContext, type CheckedSection } from "./check.ts";
import { checkDocument } from "./document.ts";
import { type ConfigFile, type FileRequest, readConfigFile } from "./file.ts";
import { report, sortFindings } from "./findings.ts";
import { applyOverrides, type FlagOverride } from "./overrides.ts";
import { CaptureSchema, RedactionSchema, SensorSchema } from "./own_sections.ts";
import { type ConfigSection, listKeys } from "./section.ts";
import { listSections } from "./sections.ts";
import { parseToml } from "./toml.ts";
import * as v from "valibot";

/** A destination of the file; `options` passed the schema of its exporter. */
export interface ExportConfig {
  /** Id of the exporter, for example `jsonl`. */
  readonly id: string;
  readonly isEnabled: boolean;
  readonly options: Readonly<Record<string, unknown>>;
}

/** An effective value and where it comes from, as `oisp config show` prints it. */
export interface EffectiveValue {
  /** For example `redaction.mode`; the second table of an array of tables is `export.jsonl[1].path`. */
  readonly path: string;
  readonly value: unknown;
  /** `--redaction`, `OISP_REDACTION_MODE`, `/etc/oisp/config.toml:12:3` or `default`. */
  readonly origin: string;
  readonly isSecret: boolean;
}

/** Everything that holds. */
export interface Config {
  /** The file that was read, if any. */
  readonly file?: string;
  readonly sensor: InferOutput<typeof SensorSchema>;
  readonly capture: InferOutput<typeof CaptureSchema>;
  readonly redaction: InferOutput<typeof RedactionSchema>;
  readonly exports: readonly ExportConfig[];
  /** Every effective value, in the order of the sections. */
  readonly values: readonly EffectiveValue[];
  /** Warnings: what has no effect. */
  readonly findings: readonly Finding[];
}

/** What loading needs. */
export interface ConfigRequest extends FileRequest {
  readonly flags: readonly FlagOverride[];
}

const CONFIG_EXIT_CODE = 78;

function readSecret(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path).replace(/\r?\n$/, "");
  } catch {
    return undefined;
  }
}

/** Checks a text as a configuration file. Gives its sections; problems are added to `context.findings`. Never throws. */
export function checkText(file: ConfigFile | undefined, context: CheckContext): CheckedSection[] {
  if (file === undefined) return [];
  const root = parseToml(file.text, file.path);
  if (!("entries" in root)) {
    context.findings.push(root);
    return [];
  }
  return checkDocument(root, listSections(), context);
}

/** Gives each section once (repeatable ones as often as written), values of environment and flags on top. */
function complete(written: CheckedSection[], flags: readonly FlagOverride[], context: CheckContext): CheckedSection[] {
  return listSections().flatMap((section) => {
    const own = written.filter((checked) => checked.section === section);
    const checked = own.length > 0
      ? own
      : [{ section, values: new Map(), written: new Set<string>(), position: undefined }];
    if (section.isLater !== true) { for (const entry of checked) applyOverrides(entry, flags, context); }
    return checked.filter((entry) => entry.values.size > 0 || entry.position !== undefined || !isDestination(section));
  });
}

function isDestination(section: ConfigSection): boolean {
  return section.path.startsWith("export.") || section.isLater === true;
}

function reportMissing(checked: CheckedSection, context: CheckContext): void {
  if (checked.section.isLater === true || isSwitchedOff(checked)) return;
  for (const facts of listKeys(checked.section.schema)) {
    // A value that was refused has been reported already.
    if (facts.isOptional || checked.values.has(facts.name) || checked.written.has(facts.name)) continue;
    const path = checked.section.path;
    report(context, "OISP-CFG-010", checked.position, `Cannot use [${path}]: it has no "${facts.name}"`, {
      fix: `${facts.name} = ${JSON.stringify(facts.example ?? "...")}`,
    });
  }
}

function isSwitchedOff(checked: CheckedSection): boolean {
  return "enabled" in checked.section.schema.entries && checked.values.get("enabled")?.value !== true;
}

/** A destination that is written down and not switched on is most likely forgotten. */
function reportForgotten(checked: CheckedSection, context: CheckContext): void {
  if (checked.section.isLater === true || checked.position === undefined || checked.written.has("enabled")) return;
  if (!isSwitchedOff(checked)) return;
  const { path } = checked.section;
  report(context, "OISP-CFG-011", checked.position, `[${path}] is not used: it has no "enabled"`, {
    severity: "warning",
    fix: `enabled = true in [${path}]`,
  });
}

/** Gives the checked values of a section with defaults. */
function toOptions(checked: CheckedSection): Record<string, unknown> {
  const given = Object.fromEntries([...checked.values].map(([name, set]) => [name, set.value]));
  const result = v.safeParse(checked.section.schema, given);
  const output: unknown = result.success ? result.output : given;
  return { ...(typeof output === "object" ? output : {}) };
}

function listValues(checked: CheckedSection, index: number): EffectiveValue[] {
  const suffix = index === 0 ? "" : `[${index}]`;
  return listKeys(checked.section.schema).flatMap((facts) => {
    const set = checked.values.get(facts.name);
    const value = set?.value ?? facts.defaultValue;
    if (value === undefined) return [];
    const path = checked.section.path === "" ? facts.name : `${checked.section.path}${suffix}.${facts.name}`;
    return [{ path, value, origin: set?.origin ?? "default", isSecret: facts.isSecret === true }];
  });
}

function sectionValues<S extends v.GenericSchema>(schema: S, path: string, all: readonly CheckedSection[]) {
  const checked = all.find((entry) => entry.section.path === path);
  return v.parse(schema, checked === undefined ? {} : toOptions(checked));
}

/**
 * Loads the configuration. Order: flag, environment, file, default.
 * @throws {FindingError} with every problem of the file and the environment; exit code 78
 */
export function loadConfig(request: ConfigRequest): Config {
  const file = readConfigFile(request);
  if (file !== undefined && "code" in file) throw new FindingError([file], CONFIG_EXIT_CODE);
  const context: CheckContext = { file: file?.path ?? "", findings: [], env: request.env, readSecret };
  const all = complete(checkText(file, context), request.flags, context);
  for (const checked of all) {
    reportMissing(checked, context);
    reportForgotten(checked, context);
  }
  sortFindings(context.findings);
  const errors = context.findings.filter((finding) => finding.severity === "error");
  if (errors.length > 0) throw new FindingError(context.findings, CONFIG_EXIT_CODE);
  return {
    ...(file === undefined ? {} : { file: file.path }),
    sensor: sectionValues(SensorSchema, "sensor", all),
    capture: sectionValues(CaptureSchema, "capture", all),
    redaction: sectionValues(RedactionSchema, "redaction", all),
    exports: toExports(all),
    values: all.flatMap((checked) => listValues(checked, indexOf(checked, all))),
    findings: context.findings,
  };
}

function indexOf(checked: CheckedSection, all: readonly CheckedSection[]): number {
  return all.filter((entry) => entry.section === checked.section).indexOf(checked);
}

function toExports(all: readonly CheckedSection[]): ExportConfig[] {
  return all.filter((checked) => checked.section.path.startsWith("export.") && checked.section.isLater !== true)
    .map((checked) => {
      const options = toOptions(checked);
      return { id: checked.section.path.slice("export.".length), isEnabled: options.enabled === true, options };
    });
}
