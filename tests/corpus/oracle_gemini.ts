import { answerText, callLine, eventJson, type Facts, headerRequestId, type Oracle, toFacts } from "./oracle.ts";
import { joinTexts, pick, pickList, pickNumber, pickText, tryParse } from "./pick.ts";
import { pathOf, type Recording } from "./recording.ts";

const PATH = /\/models\/([^/:]+):(generateContent|streamGenerateContent)$/;

const FINISH: Readonly<Record<string, string>> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "content_filter",
  RECITATION: "content_filter",
  BLOCKLIST: "content_filter",
  PROHIBITED_CONTENT: "content_filter",
  SPII: "content_filter",
};

/** Gemini's generateContent and streamGenerateContent, on the Gemini API and on Vertex AI. */
export const geminiOracle: Oracle = {
  format: "gemini",
  unread: ["input_count", "dimensions", "embedding_count"],
  accepts: (recording) => recording.method === "POST" && PATH.test(pathOf(recording)),
  read: (recording) => {
    const request = readRequest(recording);
    const fallback = toFacts({ request_id: headerRequestId(recording), response_model: request.request_model });
    return { ...request, ...fallback, ...readAnswer(recording) };
  },
};

function readRequest(recording: Recording): Facts {
  const body = tryParse(recording.requestBody);
  const path = PATH.exec(pathOf(recording));
  const contents = pickList(body, "contents");
  const config = pick(body, "generationConfig");
  const tools = pickList(body, "tools").flatMap(toolNames);
  return toFacts({
    request_type: "chat",
    request_model: path?.[1],
    streaming_request: path?.[2] === "streamGenerateContent",
    message_count: contents.length,
    message_texts: contents.map((content) => textOf(pickList(content, "parts"), "\n") ?? ""),
    system_prompt: systemPrompt(pick(body, "systemInstruction") ?? pick(body, "system_instruction")),
    tools: tools.length === 0 ? undefined : tools,
    temperature: pickNumber(config, "temperature"),
    max_tokens: pickNumber(config, "maxOutputTokens"),
  });
}

/** Parts may be a list, or a single one; an empty text is no prompt. */
function systemPrompt(instruction: unknown): string | undefined {
  const parts = pick(instruction, "parts");
  return textOf(Array.isArray(parts) ? parts : [parts], "\n") || undefined;
}

/** Functions by their names; the vendor's own tools by their key. */
function toolNames(tool: unknown): readonly string[] {
  const names = pickList(tool, "functionDeclarations").map((declaration) => String(pick(declaration, "name")));
  return names.length > 0 ? names : Object.keys(tool as object);
}

function textOf(parts: readonly unknown[], between: string): string | undefined {
  return joinTexts(
    parts.filter((part) => pick(part, "thought") !== true).map((part) => pick(part, "text") as string | undefined),
    between,
  );
}

function readAnswer(recording: Recording): Facts {
  const text = answerText(recording);
  const events = eventJson(text);
  const documents = events ?? [tryParse(text)].flat().filter((json) => json !== undefined);
  const error = documents.find((json) => pick(json, "error") !== undefined);
  const base = toFacts({
    status: recording.status,
    success: recording.status < 400 && error === undefined,
    streaming: text === "" ? undefined : events !== undefined,
    error_message: pickText(error, "error.message"),
  });
  const candidates = documents.map((json) => pick(json, "candidates.0")).filter((candidate) => candidate !== undefined);
  if (candidates.length === 0) return base;
  return { ...base, ...readCandidates(documents, candidates) };
}

/** The vendor's own client joins the parts of an answer without a break, streamed or not. */
function readCandidates(documents: readonly unknown[], candidates: readonly unknown[]): Facts {
  const parts = candidates.flatMap((candidate) => pickList(candidate, "content.parts"));
  const calls = parts.map((part) => pick(part, "functionCall")).filter((call) => call !== undefined);
  const lines = parts.map(toCallLine).filter((line) => line !== undefined);
  const reason = candidates.map((candidate) => pickText(candidate, "finishReason")).findLast((word) =>
    word !== undefined
  );
  const thoughts = parts.filter((part) => pick(part, "thought") === true).map((part) => pickText(part, "text"));
  return toFacts({
    request_id: documents.map((json) => pickText(json, "responseId")).find((id) => id !== undefined),
    response_model: documents.map((json) => pickText(json, "modelVersion")).find((name) => name !== undefined),
    contents: [textOf(parts, "") ?? ""],
    reasoning: joinTexts(thoughts, ""),
    tool_calls: lines.length === 0 ? undefined : lines,
    finish_reason: reason === undefined
      ? undefined
      : calls.length > 0 && reason === "STOP"
      ? "tool_calls"
      : FINISH[reason] ?? "other",
    ...usageOf(documents.map((json) => pick(json, "usageMetadata")).findLast((usage) => usage !== undefined)),
  });
}

/** Code that the vendor runs is a call, too, but nobody has to answer it. */
function toCallLine(part: unknown): string | undefined {
  const call = pick(part, "functionCall");
  if (call !== undefined) return callLine(pick(call, "name"), pick(call, "args"));
  const code = pick(part, "executableCode");
  if (code === undefined) return undefined;
  return callLine("code_execution", { language: pick(code, "language"), code: pick(code, "code") });
}

function usageOf(usage: unknown): Facts {
  const sum = (...names: readonly string[]) => {
    const counts = names.map((name) => pickNumber(usage, name)).filter((count) => count !== undefined);
    return counts.length === 0 ? undefined : counts.reduce((total, count) => total + count, 0);
  };
  return toFacts({
    prompt_tokens: sum("promptTokenCount", "toolUsePromptTokenCount"),
    completion_tokens: sum("candidatesTokenCount", "thoughtsTokenCount"),
    total_tokens: pickNumber(usage, "totalTokenCount"),
    cached_tokens: pickNumber(usage, "cachedContentTokenCount"),
    reasoning_tokens: pickNumber(usage, "thoughtsTokenCount"),
  });
}
