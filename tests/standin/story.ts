/** What the stand-in says: derived from the request alone, so that each answer can be told from every other. */
import { listOf, recordOf, type Wishes } from "./answer.ts";

/** A made-up answer, not yet in any format. */
export interface Story {
  /** Text of the answer, cut as it is streamed. */
  readonly parts: readonly string[];
  readonly text: string;
  /** Set when the model asks for a tool instead. */
  readonly tool?: { readonly id: string; readonly name: string; readonly arguments: string };
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Name of the call: what the prompt calls itself (`call-…`), else a hash of the prompt. */
  readonly id: string;
}

/** Results of tools in a conversation. */
export interface ToolResults {
  readonly count: number;
  /** The last message is one. */
  readonly isLast: boolean;
}

/**
 * Tells the story of a request. A prompt may say what the model will ask for: each line `STEP tool {"its":"arguments"}` is one
 * answer with that tool call, in order; the text comes when all of them have their result.
 *
 * @param prompt - all text of the request
 * @param tools - names of the tools that it offers
 * @param results - without steps the model answers with text when the last message is a tool's result
 */
export function tellStory(prompt: string, tools: readonly string[], results: ToolResults, wishes: Wishes): Story {
  const id = wishes.id ?? /call-[A-Za-z0-9-]+/g.exec(prompt)?.[0] ?? `call-${hash(prompt)}`;
  const inputTokens = wishes.inputTokens ?? countWords(prompt);
  const tool = findStep(prompt, tools, results.count, id) ?? findTool(tools, results.isLast, id, wishes);
  if (tool !== undefined) {
    const outputTokens = wishes.outputTokens ?? countWords(tool.arguments) + 7;
    return { id, parts: [], text: "", tool, inputTokens, outputTokens };
  }
  const text = wishes.text ?? `Answer to ${id}: 你好, naïve café.` + filler((wishes.textBytes ?? 0) - 40);
  const parts = cut(text, wishes.chunks ?? 6);
  return { id, parts, text, inputTokens, outputTokens: wishes.outputTokens ?? countWords(text) };
}

/** Ids of steps are as long as a vendor's, so that each names one call for ever. */
function findStep(prompt: string, tools: readonly string[], resultCount: number, id: string): Story["tool"] {
  const step = [...prompt.matchAll(/^STEP (\w+) (\{.*\})$/gm)][resultCount];
  const [, name = "", argumentsText = ""] = step ?? [];
  if (!tools.includes(name)) return undefined;
  const unique = hash(`${id} ${resultCount}`) + hash(argumentsText) + hash(prompt);
  return { id: `call_${unique}`, name, arguments: argumentsText };
}

function findTool(tools: readonly string[], isAfterTool: boolean, id: string, wishes: Wishes): Story["tool"] {
  const name = wishes.tool?.name ?? tools[0];
  if (name === undefined || isAfterTool || wishes.text !== undefined) return undefined;
  const argumentsText = JSON.stringify(wishes.tool?.arguments ?? { city: "Zürich", call: id });
  return { id: `tool_${hash(id)}`, name, arguments: argumentsText };
}

/** Collects the text of messages, whatever shape their content has. */
export function collectText(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(collectText).join("\n");
  const { content, text, input, output } = recordOf(value);
  return [content, text, input, output].filter((part) => part !== undefined).map(collectText).join("\n");
}

/** Gives the names of offered tools, OpenAI's and Anthropic's shape alike. */
export function toolNames(tools: unknown): string[] {
  return listOf(tools).map((tool) => {
    const { name, function: inner } = recordOf(tool);
    return String(name ?? recordOf(inner).name ?? "");
  }).filter((name) => name !== "");
}

/** Cuts a text into pieces of about the same length, never inside a character. */
export function cut(text: string, count: number): string[] {
  const letters = [...text];
  const size = Math.max(1, Math.ceil(letters.length / Math.max(1, count)));
  const parts: string[] = [];
  for (let at = 0; at < letters.length; at += size) parts.push(letters.slice(at, at + size).join(""));
  return parts;
}

/** FNV-1a, as eight hexadecimal digits. */
export function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return value.toString(16).padStart(8, "0");
}

function filler(bytes: number): string {
  return bytes > 0
    ? " " + "The quick brown fox jumps over the lazy dog. ".repeat(Math.ceil(bytes / 45)).slice(0, bytes)
    : "";
}

function countWords(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}
