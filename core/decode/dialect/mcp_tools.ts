import type { ToolDefinition } from "../../model/model_call.ts";
import { asFilledText, asRecord, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";

/** Most tools of one list that are read. */
const MAX_TOOLS = 1_000;
/** Deeper parts of a schema do not count. */
const MAX_DEPTH = 32;

/**
 * Reads the answer to `tools/list`: name, hints, and all that a model is told of each tool as one text, in which the order of the
 * members does not matter. Tools without a name are left out; undefined when it is no list of tools.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/server/tools (read 2026-11-21)
 */
export function readToolDefinitions(result: JsonRecord): ToolDefinition[] | undefined {
  if (!Array.isArray(result.tools)) return undefined;
  return asRecords(result.tools).slice(0, MAX_TOOLS).flatMap((tool) => {
    const name = asFilledText(tool.name);
    if (name === undefined) return [];
    const { title, description, inputSchema, outputSchema } = tool;
    return [compact<ToolDefinition>({
      name,
      type: "mcp",
      definition: JSON.stringify(toOrdered({ title, description, inputSchema, outputSchema }, MAX_DEPTH)),
      hints: readHints(asRecord(tool.annotations)),
    })];
  });
}

function readHints(annotations: JsonRecord | undefined): ToolDefinition["hints"] {
  const hints = compact<NonNullable<ToolDefinition["hints"]>>({
    isReadOnly: asFlag(annotations?.readOnlyHint),
    isDestructive: asFlag(annotations?.destructiveHint),
    isIdempotent: asFlag(annotations?.idempotentHint),
    isOpenWorld: asFlag(annotations?.openWorldHint),
  });
  return Object.keys(hints).length === 0 ? undefined : hints;
}

function asFlag(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

/** The same value with the members of every object in alphabetical order. */
function toOrdered(value: unknown, levels: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (levels === 0) return null;
  if (Array.isArray(value)) return value.map((entry) => toOrdered(entry, levels - 1));
  const record = value as JsonRecord;
  const entries = Object.keys(record).sort().map((key) => [key, toOrdered(record[key], levels - 1)] as const);
  return Object.fromEntries(entries);
}
