/** Finds the sections of a parsed file and checks each; what is no section is reported. */
import { type CheckContext, type CheckedSection, checkTable } from "./check.ts";
import { describeKind, report, reportUnknown } from "./findings.ts";
import type { ConfigSection } from "./section.ts";
import { type TomlEntry, type TomlTable, toPlain } from "./toml.ts";

/** Checks a whole file. Gives a checked section for each table that belongs to one, in the order of the file. */
export function checkDocument(
  root: TomlTable,
  sections: readonly ConfigSection[],
  context: CheckContext,
): CheckedSection[] {
  const byPath = new Map(sections.map((section) => [section.path, section]));
  const checked: CheckedSection[] = [];
  walk(root, "", byPath, context, checked);
  return checked;
}

function walk(
  table: TomlTable,
  path: string,
  byPath: ReadonlyMap<string, ConfigSection>,
  context: CheckContext,
  checked: CheckedSection[],
): void {
  const own = new Map<string, TomlEntry>();
  const names = listNames(path, byPath);
  for (const [name, entry] of table.entries) {
    if (!names.includes(name)) {
      own.set(name, entry);
      continue;
    }
    const childPath = path === "" ? name : `${path}.${name}`;
    const section = byPath.get(childPath);
    if (section !== undefined) checkSection(section, entry, context, checked);
    else if (entry.node.kind === "table") walk(entry.node, childPath, byPath, context, checked);
    else reportShape(childPath, entry, context);
  }
  const section = byPath.get(path);
  if (path === "" && section !== undefined) checkTop(section, own, names, context, checked);
  else for (const [name, entry] of own) reportUnknown(context, entry.position, name, path, names);
}

function listNames(path: string, byPath: ReadonlyMap<string, ConfigSection>): string[] {
  const prefix = path === "" ? "" : `${path}.`;
  const below = [...byPath.keys()].filter((key) => key !== "" && key.startsWith(prefix));
  return [...new Set(below.map((key) => key.slice(prefix.length).split(".")[0] ?? ""))];
}

function checkTop(
  section: ConfigSection,
  own: Map<string, TomlEntry>,
  names: readonly string[],
  context: CheckContext,
  checked: CheckedSection[],
): void {
  const known = new Map([...own].filter(([name]) => name in section.schema.entries));
  for (const [name, entry] of own) {
    if (known.has(name)) continue;
    reportUnknown(context, entry.position, name, "", [...names, ...Object.keys(section.schema.entries)]);
  }
  if (known.size === 0) return;
  checked.push(
    checkTable(section, { kind: "table", position: { line: 1, column: 1 }, entries: known, isDefined: true }, context),
  );
}

function checkSection(
  section: ConfigSection,
  entry: TomlEntry,
  context: CheckContext,
  checked: CheckedSection[],
): void {
  const { node } = entry;
  const tables = node.kind === "table" ? [node] : node.kind === "array" ? node.items : [];
  const isFit = tables.length > 0 && tables.every((table) => table.kind === "table");
  if (!isFit || (node.kind === "array" && section.isRepeatable !== true)) {
    reportShape(section.path, entry, context);
    return;
  }
  for (const table of tables) if (table.kind === "table") checked.push(checkTable(section, table, context));
  if (section.isLater !== true) return;
  report(context, "OISP-CFG-007", entry.position, `[${section.path}] has no effect in this version`, {
    severity: "warning",
    why: "its keys were checked; the rest of the file holds",
  });
}

function reportShape(path: string, entry: TomlEntry, context: CheckContext): void {
  const kind = describeKind(toPlain(entry.node));
  report(context, "OISP-CFG-003", entry.position, `Cannot use "${path}": it is ${kind}`, { fix: `a table: [${path}]` });
}
