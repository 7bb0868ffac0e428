import type { ToolDefinition } from "../../model/model_call.ts";
import { asFilledText, asList, asRecord, type JsonRecord } from "./json_access.ts";

/** Names that parameters have in events, by their name in bodies; the first present one of several wins. */
const PARAMETERS: readonly (readonly [wire: string, name: string])[] = [
  ["temperature", "temperature"],
  ["top_p", "top_p"],
  ["top_k", "top_k"],
  ["max_completion_tokens", "max_tokens"],
  ["max_output_tokens", "max_tokens"],
  ["max_tokens", "max_tokens"],
  ["maximum_tokens", "max_tokens"],
  ["frequency_penalty", "frequency_penalty"],
  ["presence_penalty", "presence_penalty"],
  ["stop", "stop"],
  ["stop_sequences", "stop"],
  ["seed", "seed"],
  ["random_seed", "seed"],
  ["n", "n"],
  ["reasoning_effort", "reasoning_effort"],
];

/** Reads the parameters events show, under their common names; null and absent ones are left out. */
export function decodeParameters(json: JsonRecord): Record<string, unknown> {
  const parameters: Record<string, unknown> = {};
  for (const [wire, name] of PARAMETERS) {
    const value = json[wire];
    if (value !== undefined && value !== null && parameters[name] === undefined) parameters[name] = value;
  }
  const effort = asFilledText(asRecord(json.reasoning)?.effort) ?? asFilledText(asRecord(json.output_config)?.effort);
  if (effort !== undefined && parameters.reasoning_effort === undefined) parameters.reasoning_effort = effort;
  const format = asFilledText(asRecord(json.response_format)?.type) ??
    asFilledText(asRecord(asRecord(json.text)?.format)?.type) ??
    asFilledText(asRecord(asRecord(json.output_config)?.format ?? json.output_format)?.type);
  if (format !== undefined) parameters.response_format = format;
  return parameters;
}

/** Reads `tools[]` of chat completions and the older `functions[]`. */
export function decodeOpenAiTools(json: JsonRecord): ToolDefinition[] {
  const tools: ToolDefinition[] = [];
  if (json.tools !== undefined) {
    for (const entry of asList(json.tools)) {
      const tool = asRecord(entry);
      if (tool !== undefined) tools.push(toTool(tool));
    }
  }
  if (json.functions !== undefined) {
    for (const entry of asList(json.functions)) {
      const definition = asRecord(entry);
      if (definition !== undefined) tools.push(toNamed("function", definition));
    }
  }
  return tools;
}

/** Reads `tool_choice`: a word, or the name of the tool that has to be called. */
export function decodeToolChoice(value: unknown): string | undefined {
  const json = asRecord(value);
  if (json === undefined) return asFilledText(value);
  const name = asFilledText(asRecord(json.function)?.name) ?? asFilledText(json.name);
  return name ?? asFilledText(json.type);
}

function toTool(json: JsonRecord): ToolDefinition {
  const type = asFilledText(json.type) ?? "function";
  return toNamed(type, asRecord(json.function) ?? asRecord(json.custom) ?? json);
}

function toNamed(type: string, json: JsonRecord): ToolDefinition {
  const tool: ToolDefinition = { type };
  const name = asFilledText(json.name);
  if (name !== undefined) tool.name = name;
  const description = asFilledText(json.description);
  if (description !== undefined) tool.description = description;
  return tool;
}
