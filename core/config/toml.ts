/** TOML 1.1 text to a tree in which every key and value knows where it stands. */
import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import type { Finding } from "../model/finding.ts";

/** Where something stands: line and column, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A value with its place. Numbers are doubles; dates are `Date`. */
export type TomlNode =
  | {
    readonly kind: "table";
    readonly position: Position;
    readonly entries: Map<string, TomlEntry>;
    isDefined: boolean;
  }
  | { readonly kind: "array"; readonly position: Position; readonly items: TomlNode[] }
  | { readonly kind: "scalar"; readonly position: Position; readonly value: string | number | boolean | Date };

/** A table, see `TomlNode`. */
export type TomlTable = Extract<TomlNode, { kind: "table" }>;

/** A key's place and its value. */
export interface TomlEntry {
  readonly position: Position;
  readonly node: TomlNode;
}

function toPosition(node: { loc: AST.SourceLocation }): Position {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}

function createTable(position: Position): TomlTable {
  return { kind: "table", position, entries: new Map(), isDefined: false };
}

function toNode(content: AST.TOMLContentNode): TomlNode {
  const position = toPosition(content);
  if (content.type === "TOMLArray") return { kind: "array", position, items: content.elements.map(toNode) };
  if (content.type !== "TOMLInlineTable") return { kind: "scalar", position, value: content.value };
  const table = createTable(position);
  for (const pair of content.body) addPair(table, pair);
  return table;
}

function keyTexts(key: AST.TOMLKey): { text: string; position: Position }[] {
  return key.keys.map((part) => ({
    text: part.type === "TOMLBare" ? part.name : part.value,
    position: toPosition(part),
  }));
}

function addPair(table: TomlTable, pair: AST.TOMLKeyValue): void {
  const keys = keyTexts(pair.key);
  let target = table;
  for (const key of keys.slice(0, -1)) target = descend(target, key.text, key.position);
  const last = keys.at(-1);
  if (last !== undefined) target.entries.set(last.text, { position: last.position, node: toNode(pair.value) });
}

/** Gives the table of that name, the last one of an array of tables, or a new one. */
function descend(table: TomlTable, name: string, position: Position): TomlTable {
  const node = table.entries.get(name)?.node;
  if (node?.kind === "table") return node;
  const last = node?.kind === "array" ? node.items.at(-1) : undefined;
  if (last?.kind === "table") return last;
  const created = createTable(position);
  table.entries.set(name, { position, node: created });
  return created;
}

function addTable(root: TomlTable, table: AST.TOMLTable): void {
  const keys = keyTexts(table.key);
  let target = root;
  const last = keys.pop();
  for (const key of keys) target = descend(target, key.text, key.position);
  if (last === undefined) return;
  if (table.kind === "array") target = appendTable(target, last.text, last.position);
  else target = descend(target, last.text, last.position);
  target.isDefined = true;
  for (const pair of table.body) addPair(target, pair);
}

function appendTable(target: TomlTable, name: string, position: Position): TomlTable {
  const created = createTable(position);
  const node = target.entries.get(name)?.node;
  if (node?.kind === "array") node.items.push(created);
  else target.entries.set(name, { position, node: { kind: "array", position, items: [created] } });
  return created;
}

function toSyntaxFinding(error: unknown, file: string): Finding {
  const isParseError = error instanceof ParseError;
  const reason = isParseError ? error.message : "it is nested too deeply or damaged";
  const position = isParseError ? { line: error.lineNumber, column: error.column + 1 } : { line: 1, column: 1 };
  return {
    code: "OISP-CFG-001",
    severity: "error",
    what: `Cannot read the configuration: ${reason.replace(/\.$/, "")}`,
    why: "the file is not TOML from here on",
    fix: "correct this place; oisp config check   shows what follows",
    position: { file, ...position },
  };
}

/** Parses a whole file. Never throws: what is not TOML becomes one finding (a parser stops at its first error). */
export function parseToml(text: string, file: string): TomlTable | Finding {
  try {
    const program = parseTOML(text, { tomlVersion: "1.1" });
    const root = createTable({ line: 1, column: 1 });
    root.isDefined = true;
    for (const item of program.body[0].body) {
      if (item.type === "TOMLTable") addTable(root, item);
      else addPair(root, item);
    }
    return root;
  } catch (error) {
    return toSyntaxFinding(error, file);
  }
}

/** Gives the plain value of a node; tables become objects without prototype, so that no key has a meaning of its own. */
export function toPlain(node: TomlNode): unknown {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "array") return node.items.map(toPlain);
  const plain: Record<string, unknown> = Object.create(null);
  for (const [key, entry] of node.entries) plain[key] = toPlain(entry.node);
  return plain;
}
