/** Checks the values of one section: placeholders, types, allowed values, secrets in files. All problems become findings. */
import * as v from "valibot";
import { describeExpected, describeKind, type FindingSink, report, reportUnknown } from "./findings.ts";
import { findNearest } from "../model/nearest.ts";
import { expandPlaceholders } from "./placeholder.ts";
import { type ConfigSection, type KeyFacts, listKeys } from "./section.ts";
import { type Position, type TomlNode, type TomlTable, toPlain } from "./toml.ts";

/** What checking needs from outside. */
export interface CheckContext extends FindingSink {
  readonly env: (name: string) => string | undefined;
  /** Gives the text of a secret's file without its last line end; undefined when it cannot be read. */
  readonly readSecret: (path: string) => string | undefined;
}

/** A value that was set, and where. */
export interface SetValue {
  readonly value: unknown;
  readonly origin: string;
}

/** Values of one section as written, checked. */
export interface CheckedSection {
  readonly section: ConfigSection;
  readonly values: Map<string, SetValue>;
  /** Names of keys that were written, also those whose value was refused. */
  readonly written: ReadonlySet<string>;
  readonly position: Position | undefined;
}

function expandNode(node: TomlNode, context: CheckContext, name: string): TomlNode {
  if (node.kind === "array") return { ...node, items: node.items.map((item) => expandNode(item, context, name)) };
  if (node.kind === "table") {
    const entries = [...node.entries].map(([key, entry]) =>
      [key, { ...entry, node: expandNode(entry.node, context, name) }] as const
    );
    return { ...node, entries: new Map(entries) };
  }
  if (typeof node.value !== "string") return node;
  const expanded = expandPlaceholders(node.value, context.env);
  for (const variable of expanded.unset) {
    report(context, "OISP-CFG-004", node.position, `Cannot use "${name}": variable ${variable} is not set`, {
      fix: `set ${variable}, or write \${${variable}:-default}`,
    });
  }
  if (expanded.isBroken) {
    report(context, "OISP-CFG-004", node.position, `Cannot use "${name}": a \${ has no name or no end`, {
      fix: "write $${ for a literal ${",
    });
  }
  return { ...node, value: expanded.text };
}

/** Gives the place of the value that an issue is about. */
function locate(node: TomlNode, path: readonly unknown[]): Position {
  let current = node;
  for (const step of path) {
    const next = current.kind === "array"
      ? current.items[Number(step)]
      : current.kind === "table"
      ? current.entries.get(String(step))?.node
      : undefined;
    if (next === undefined) break;
    current = next;
  }
  return current.position;
}

function explainExpected(facts: KeyFacts, issue: v.BaseIssue<unknown>): string {
  if (facts.choices.length > 0) return `one of: ${facts.choices.join(", ")}`;
  return `wanted: ${describeExpected(issue.expected)}`;
}

/** Explains why a value is refused: what it is, and what is wanted. */
export function explainIssue(facts: KeyFacts, path: string, value: unknown, issue: v.BaseIssue<unknown>) {
  const isChoice = facts.choices.length > 0 && typeof value === "string" && facts.isSecret !== true;
  const shown = isChoice ? JSON.stringify(value.slice(0, 40)) : describeKind(issue.input);
  const nearest = isChoice ? findNearest(value, facts.choices) : undefined;
  const expected = explainExpected(facts, issue);
  return {
    what: `Cannot use the value of "${path}": it is ${shown}`,
    fix: nearest === undefined ? expected : `${nearest}   (${expected})`,
  };
}

function checkKey(facts: KeyFacts, path: string, node: TomlNode, context: CheckContext): unknown {
  const before = context.findings.length;
  const expanded = expandNode(node, context, path);
  if (context.findings.length > before) return undefined;
  const value = toPlain(expanded);
  const result = v.safeParse(facts.schema, value);
  if (result.success) return result.output;
  for (const issue of result.issues.slice(0, 20)) {
    const { what, fix } = explainIssue(facts, path, value, issue);
    const steps = issue.path?.map((item) => item.key) ?? [];
    report(context, "OISP-CFG-003", locate(expanded, steps), what, { fix });
  }
  return undefined;
}

function readSecretFile(facts: KeyFacts, path: string, node: TomlNode, context: CheckContext): unknown {
  const expanded = expandNode(node, context, path);
  const file = expanded.kind === "scalar" ? expanded.value : undefined;
  if (typeof file !== "string") {
    report(
      context,
      "OISP-CFG-003",
      node.position,
      `Cannot use the value of "${path}": it is ${describeKind(toPlain(node))}`,
      {
        fix: "the path of a file, as a text",
      },
    );
    return undefined;
  }
  if (facts.isLater === true) return undefined;
  const secret = context.readSecret(file);
  if (secret === undefined || secret === "") {
    report(context, "OISP-CFG-009", node.position, `Cannot read "${path}": the file is not readable or empty`);
    return undefined;
  }
  return secret;
}

/** Path of a key as people write it, for example `redaction.mode`. */
export function toKeyPath(section: ConfigSection, name: string): string {
  return section.path === "" ? name : `${section.path}.${name}`;
}

/** Checks one table against its section. */
export function checkTable(section: ConfigSection, table: TomlTable, context: CheckContext): CheckedSection {
  const keys = new Map(listKeys(section.schema).map((facts) => [facts.name, facts]));
  const values = new Map<string, SetValue>();
  for (const [name, entry] of table.entries) {
    const facts = keys.get(name);
    const secret = name.endsWith("_file") ? keys.get(name.slice(0, -"_file".length)) : undefined;
    const path = toKeyPath(section, name);
    const origin = `${context.file}:${entry.position.line}:${entry.position.column}`;
    if (facts !== undefined) {
      const value = checkKey(facts, path, entry.node, context);
      if (value !== undefined) values.set(name, { value, origin });
      if (facts.isLater === true) reportLater(context, entry.position, path);
    } else if (secret?.isSecret === true) {
      if (table.entries.has(secret.name)) {
        report(context, "OISP-CFG-009", entry.position, `Cannot use both "${secret.name}" and "${name}"`, {
          fix: "keep one",
        });
      }
      const laterFacts = section.isLater === true ? { ...secret, isLater: true } : secret;
      const value = readSecretFile(laterFacts, path, entry.node, context);
      if (value !== undefined) values.set(secret.name, { value, origin });
    } else {
      const secrets = [...keys.values()].filter((key) => key.isSecret === true).map((key) => `${key.name}_file`);
      reportUnknown(context, entry.position, name, section.path, [...keys.keys(), ...secrets]);
    }
  }
  return { section, values, written: new Set([...table.entries.keys()].map(withoutFile)), position: table.position };
}

function withoutFile(name: string): string {
  return name.endsWith("_file") ? name.slice(0, -"_file".length) : name;
}

function reportLater(context: CheckContext, position: Position, path: string): void {
  report(context, "OISP-CFG-007", position, `"${path}" has no effect in this version`, { severity: "warning" });
}
