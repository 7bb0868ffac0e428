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

/**
 * Tells the story of a request.
 *
 * @param prompt - all text of the request
 * @param tools - names of the tools that it offers
 * @param hasToolResult - the last message is a tool's result, so the model answers with text
 */
export function tellStory(prompt: string, tools: readonly string[], hasToolResult: boolean, wishes: Wishes): Story {
  const id = /call-[A-Za-z0-9-]+/g.exec(prompt)?.[0] ?? `call-${hash(prompt)}`;
  const inputTokens = countWords(prompt);
  const tool = tools[0];
  if (tool !== undefined && !hasToolResult) {
    const argumentsText = JSON.stringify({ city: "Zürich", call: id });
    return {
      id,
      parts: [],
      text: "",
      tool: { id: `tool_${hash(id)}`, name: tool, arguments: argumentsText },
      inputTokens,
      outputTokens: countWords(argumentsText) + 7,
    };
  }
  const text = `Answer to ${id}: 你好, naïve café.` + filler((wishes.textBytes ?? 0) - 40);
  const parts = cut(text, wishes.chunks ?? 6);
  return { id, parts, text, inputTokens, outputTokens: countWords(text) };
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
