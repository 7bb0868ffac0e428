/** `oisp config init`: every key, commented out, with its meaning and default. */
import { type ConfigSection, type KeyFacts, listKeys } from "./section.ts";
import { listSections } from "./sections.ts";

/** Gives a value as TOML on one line. */
export function toTomlValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toTomlValue).join(", ")}]`;
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)} = ${toTomlValue(item)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

function exampleOf(facts: KeyFacts): unknown {
  return facts.defaultValue ?? facts.example ?? facts.choices[0] ?? guessByType(facts);
}

function guessByType(facts: KeyFacts): unknown {
  return facts.schema.expects.includes("boolean") ? true : 1;
}

function renderKey(facts: KeyFacts): string[] {
  const choices = facts.choices.length > 1 ? ` (${facts.choices.join(", ")})` : "";
  const later = facts.isLater === true ? " [no effect in this version]" : "";
  const lines = [`# ${facts.description}${choices}${later}`, `#${facts.name} = ${toTomlValue(exampleOf(facts))}`];
  if (facts.isSecret === true) {
    lines.push(`#${facts.name}_file = "/etc/oisp/${facts.name}"   # the same, read from a file`);
  }
  return lines;
}

function renderSection(section: ConfigSection): string[] {
  const keys = listKeys(section.schema).flatMap(renderKey);
  if (section.path === "") return [`# ${section.summary}`, ...keys];
  const later = section.isLater === true ? " [no effect in this version]" : "";
  return [`# ${section.summary}${later}`, `#[${section.path}]`, ...keys];
}

const HEAD = `# Configuration of oisp, TOML 1.1. Remove the # before a key to set it.
# In texts: \${NAME} is an environment variable, \${NAME:-text} one with a default, $\${ a literal \${.
# Order: flag, environment, this file, default. "oisp config check" lists problems, "oisp config show" what holds.`;

/** Gives a commented configuration file with every section and key. */
export function renderInitFile(): string {
  return [HEAD, ...listSections().map((section) => renderSection(section).join("\n"))].join("\n\n") + "\n";
}
