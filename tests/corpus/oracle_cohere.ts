import { answerText, callLine, eventJson, type Facts, headerRequestId, type Oracle, toFacts } from "./oracle.ts";
import { joinTexts, pick, pickList, pickNumber, pickText, tryParse } from "./pick.ts";
import { pathOf, type Recording } from "./recording.ts";

const FINISH: Readonly<Record<string, string>> = {
  COMPLETE: "stop",
  STOP_SEQUENCE: "stop",
  MAX_TOKENS: "length",
  TOOL_CALL: "tool_calls",
  ERROR: "error",
};

/** Cohere chat, version 2. */
export const cohereOracle: Oracle = {
  format: "cohere",
  unread: ["input_count", "dimensions", "embedding_count", "reasoning"],
  accepts: (recording) => recording.method === "POST" && /\/v2\/chat$/.test(pathOf(recording)),
  read: (recording) => {
    const request = readRequest(recording);
    const fallback = toFacts({ request_id: headerRequestId(recording), response_model: request.request_model });
    return { ...request, ...fallback, ...readAnswer(recording) };
  },
};

function readRequest(recording: Recording): Facts {
  const body = tryParse(recording.requestBody);
  const messages = pickList(body, "messages");
  const isSystem = (message: unknown) => pick(message, "role") === "system";
  const tools = pickList(body, "tools").map((tool) => String(pick(tool, "function.name")));
  return toFacts({
    request_type: "chat",
    request_model: pickText(body, "model"),
    streaming_request: pick(body, "stream") === true,
    message_count: messages.filter((message) => !isSystem(message)).length,
    system_prompt: joinTexts(messages.filter(isSystem).map(textOf), "\n"),
    tools: tools.length === 0 ? undefined : tools,
    temperature: pickNumber(body, "temperature"),
    max_tokens: pickNumber(body, "max_tokens"),
    message_texts: messages.map((message) => textOf(message) ?? ""),
  });
}

function textOf(message: unknown): string | undefined {
  const content = pick(message, "content");
  if (typeof content === "string") return content;
  return joinTexts(
    pickList(message, "content").map((part) => pick(part, "text") as string | undefined ?? dataOf(part)),
    "\n",
  );
}

/** Documents that a tool gives back. */
function dataOf(part: unknown): string | undefined {
  const data = pick(part, "document.data");
  return data === undefined || typeof data === "string" ? data : JSON.stringify(data);
}

function readAnswer(recording: Recording): Facts {
  const text = answerText(recording);
  const events = eventJson(text);
  const whole = events === undefined ? tryParse(text) : rebuild(events);
  const base = toFacts({
    status: recording.status,
    success: recording.status < 400,
    streaming: events !== undefined,
    error_message: typeof pick(whole, "message") === "string" ? pickText(whole, "message") : undefined,
    request_id: pickText(whole, "id"),
  });
  if (pick(whole, "message.role") === undefined) return base;
  const calls = pickList(whole, "message.tool_calls");
  const reason = pickText(whole, "finish_reason");
  const prompt = pickNumber(whole, "usage.tokens.input_tokens");
  const completion = pickNumber(whole, "usage.tokens.output_tokens");
  return {
    ...base,
    ...toFacts({
      contents: [textOf(pick(whole, "message")) ?? ""],
      tool_calls: calls.length === 0
        ? undefined
        : calls.map((call) => callLine(pick(call, "function.name"), pick(call, "function.arguments"))),
      finish_reason: reason === undefined ? undefined : FINISH[reason] ?? "other",
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt === undefined || completion === undefined ? undefined : prompt + completion,
      cached_tokens: pickNumber(whole, "usage.cached_tokens"),
      reasoning_tokens: pickNumber(whole, "usage.tokens.reasoning_tokens"),
    }),
  };
}

/** Puts the answer together as it would have come without streaming. */
function rebuild(events: readonly unknown[]): unknown {
  const of = (type: string) => events.filter((event) => pick(event, "type") === type);
  const end = of("message-end")[0];
  const content = of("content-start").map((start) => {
    const index = pick(start, "index");
    const pieces = of("content-delta").filter((delta) => pick(delta, "index") === index);
    const text = pieces.map((piece) => pickText(piece, "delta.message.content.text")).filter((piece) =>
      piece !== undefined
    );
    return text.length === 0 ? { type: "thinking" } : { type: "text", text: text.join("") };
  });
  const toolCalls = of("tool-call-start").map((start) => {
    const index = pick(start, "index");
    const pieces = of("tool-call-delta").filter((delta) => pick(delta, "index") === index);
    const path = "delta.message.tool_calls.function.arguments";
    return {
      function: {
        name: pick(start, "delta.message.tool_calls.function.name"),
        arguments: [start, ...pieces].map((piece) => pickText(piece, path) ?? "").join(""),
      },
    };
  });
  return {
    id: pick(of("message-start")[0], "id"),
    message: { role: "assistant", content, tool_calls: toolCalls },
    finish_reason: pick(end, "delta.finish_reason"),
    usage: pick(end, "delta.usage"),
  };
}
