/** Values from outside the file: variables `OISP_<SECTION>_<KEY>` and flags. */
import * as v from "valibot";
import { type CheckContext, type CheckedSection, explainIssue, toKeyPath } from "./check.ts";
import { report } from "./findings.ts";
import { type ConfigSection, type KeyFacts, listKeys } from "./section.ts";

/** A value given by a flag. */
export interface FlagOverride {
  /** For example `redaction.mode`. */
  readonly path: string;
  readonly value: unknown;
  /** For example `--redaction`. */
  readonly origin: string;
}

/** Gives the variable of a key: `redaction.mode` → `OISP_REDACTION_MODE`. */
export function toKeyVariable(section: ConfigSection, name: string): string {
  return `OISP_${toKeyPath(section, name).replaceAll(".", "_").toUpperCase()}`;
}

const WORDS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
};

/** Everything that a text of the environment may stand for, most literal first. */
function readings(text: string): unknown[] {
  const list = text === "" ? [] : text.split(",").map((part) => part.trim());
  const isNumber = /^-?\d+(\.\d+)?$/.test(text);
  const word = WORDS[text.toLowerCase()];
  return [
    text,
    ...(word === undefined ? [] : [word]),
    ...(isNumber ? [Number(text), text !== "0"] : []),
    list,
    list.map((part) => /^\d+$/.test(part) ? Number(part) : part),
  ];
}

function applyVariable(checked: CheckedSection, facts: KeyFacts, text: string, context: CheckContext): void {
  const variable = toKeyVariable(checked.section, facts.name);
  for (const value of readings(text)) {
    const result = v.safeParse(facts.schema, value);
    if (!result.success) continue;
    checked.values.set(facts.name, { value: result.output, origin: variable });
    return;
  }
  const result = v.safeParse(facts.schema, text);
  const issue = result.issues?.[0];
  if (issue === undefined) return;
  const { fix } = explainIssue(facts, toKeyPath(checked.section, facts.name), text, issue);
  report(context, "OISP-CFG-008", undefined, `Cannot use variable "${variable}": its value is not allowed`, { fix });
}

/** Puts variables, then flags over the values of a section. */
export function applyOverrides(checked: CheckedSection, flags: readonly FlagOverride[], context: CheckContext): void {
  for (const facts of listKeys(checked.section.schema)) {
    const path = toKeyPath(checked.section, facts.name);
    const flag = flags.find((entry) => entry.path === path);
    if (flag !== undefined) {
      checked.values.set(facts.name, { value: flag.value, origin: flag.origin });
      continue;
    }
    const text = context.env(toKeyVariable(checked.section, facts.name));
    if (text !== undefined && text !== "") applyVariable(checked, facts, text, context);
  }
}
