/**
 * Tools that Groq's compound systems run themselves: `executed_tools[]` of a message, or of several deltas of a stream, where the
 * first one of an index asks and a later one brings what came of it.
 *
 * @see https://console.groq.com/docs/compound (read 2026-11-21)
 */
import type { ToolCall, ToolResult } from "../../model/model_call.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { toToolCall } from "./tool_call_builder.ts";

/** Most tools of one answer. */
const MAX_TOOLS = 256;

/** What came of a tool, by what the vendor calls it. */
const OUTCOMES = ["output", "search_results", "code_results", "browser_results"] as const;

/** The tools of one answer. */
export class ExecutedTools {
  readonly #tools = new Map<number, JsonRecord>();

  /** Takes `executed_tools`; true when it holds one. */
  take(value: unknown): boolean {
    const list = asList(value);
    for (let at = 0; at < list.length; at++) {
      const tool = asRecord(list[at]);
      const index = asCount(tool?.["index"]) ?? at;
      if (tool === undefined || (this.#tools.size >= MAX_TOOLS && !this.#tools.has(index))) continue;
      this.#tools.set(index, { ...this.#tools.get(index), ...compact<JsonRecord>({ ...tool }) });
    }
    return list.length > 0;
  }

  /** The calls, in order; they have no ids. */
  toCalls(): ToolCall[] {
    return [...this.#tools.values()].flatMap((tool) => {
      const name = toName(tool);
      if (name === undefined) return [];
      return [{
        ...toToolCall({ id: undefined, name, type: "server" }, asText(tool["arguments"]) ?? "", true),
        isServerSide: true,
      }];
    });
  }

  /** What came of them, as far as the answer tells. */
  toResults(): ToolResult[] {
    return [...this.#tools.values()].flatMap((tool) => {
      const name = toName(tool);
      const outcome = OUTCOMES.map((member) => tool[member]).find((found) =>
        found !== null && found !== undefined && found !== ""
      );
      if (name === undefined || outcome === undefined) return [];
      return [{ name, content: asText(outcome) ?? JSON.stringify(outcome), isServerSide: true }];
    });
  }
}

function toName(tool: JsonRecord): string | undefined {
  return asFilledText(tool["name"]) ?? asFilledText(tool["type"]);
}
