import { answerText, callLine, eventJson, type Facts, headerRequestId, type Oracle, toFacts } from "./oracle.ts";
import { joinTexts, pick, pickList, pickNumber, pickText, tryParse } from "./pick.ts";
import { pathOf, type Recording } from "./recording.ts";

const FINISH: Readonly<Record<string, string>> = {
  stop: "stop",
  length: "length",
  tool_calls: "tool_calls",
  function_call: "tool_calls",
  content_filter: "content_filter",
  error: "error",
};

/** Chat completions of every vendor. */
export const openaiChatOracle: Oracle = {
  format: "chat",
  unread: ["input_count", "dimensions", "embedding_count"],
  accepts: (recording) => recording.method === "POST" && /\/chat\/completions$/.test(pathOf(recording)),
  read: (recording) => {
    const request = readRequest(recording);
    const fallback = toFacts({ request_id: headerRequestId(recording), response_model: request.request_model });
    return { ...request, ...fallback, ...readAnswer(recording) };
  },
};

function readRequest(recording: Recording): Facts {
  const body = tryParse(recording.requestBody);
  const messages = pickList(body, "messages");
  const isSystem = (message: unknown) => ["system", "developer"].includes(String(pick(message, "role")));
  const system = messages.filter(isSystem).map(messageText);
  return toFacts({
    request_type: "chat",
    request_model: pickText(body, "model"),
    streaming_request: pick(body, "stream") === true,
    message_count: messages.filter((message) => !isSystem(message)).length,
    message_texts: messages.map((message) => messageText(message) ?? ""),
    system_prompt: joinTexts(system, "\n"),
    tools: pickList(body, "tools").length === 0
      ? undefined
      : pickList(body, "tools").map((tool) => pickText(tool, "function.name") ?? String(pick(tool, "type"))),
    temperature: pickNumber(body, "temperature"),
    max_tokens: pickNumber(body, "max_completion_tokens") ?? pickNumber(body, "max_tokens"),
  });
}

function messageText(message: unknown): string | undefined {
  const content = pick(message, "content");
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return undefined;
  const texts = content.filter((part) => pick(part, "type") === "text").map((part) => pick(part, "text") as string);
  return joinTexts(texts, "\n");
}

function readAnswer(recording: Recording): Facts {
  const text = answerText(recording);
  const events = eventJson(text);
  const whole = tryParse(text);
  const error = events?.find((event) => pick(event, "error") !== undefined) ?? whole;
  const hasError = pick(error, "error") !== undefined;
  const facts = toFacts({
    status: recording.status,
    success: recording.status < 400 && !hasError,
    streaming: text === "" ? undefined : events !== undefined,
    error_message: pickText(error, "error.message") ?? pickText(error, "error") ??
      (recording.status >= 400 ? pickText(error, "message") ?? pickText(error, "detail") : undefined),
  });
  if (events !== undefined) return { ...facts, ...readStream(events) };
  return whole === undefined ? facts : { ...facts, ...readWhole(whole) };
}

function readWhole(json: unknown): Facts {
  const choices = pickList(json, "choices");
  const reasons = choices.map((choice) => pickText(choice, "finish_reason"));
  const calls = choices.flatMap((choice) => pickList(choice, "message.tool_calls"));
  return toFacts({
    request_id: pickText(json, "id"),
    response_model: pickText(json, "model"),
    contents: choices.length === 0 ? undefined : choices.map((choice) => messageText(pick(choice, "message")) ?? ""),
    reasoning: reasoningOf(pick(choices[0], "message")),
    tool_calls: calls.length === 0
      ? undefined
      : calls.map((call) => callLine(pick(call, "function.name"), pick(call, "function.arguments"))),
    finish_reason: toFinish(reasons[0]),
    ...usageOf(pick(json, "usage")),
  });
}

function readStream(events: readonly unknown[]): Facts {
  const first = <T>(read: (event: unknown) => T | undefined) => events.map(read).find((value) => value !== undefined);
  const deltas = (index: number) =>
    events.flatMap((event) => pickList(event, "choices"))
      .filter((choice) => (pickNumber(choice, "index") ?? 0) === index)
      .map((choice) => pick(choice, "delta"));
  const indexes = [
    ...new Set(events.flatMap((event) => pickList(event, "choices")).map((choice) => pickNumber(choice, "index") ?? 0)),
  ];
  const usages = events.map((event) => pick(event, "usage") ?? pick(event, "x_groq.usage")).filter((usage) =>
    usage !== undefined
  );
  const reasons = events.flatMap((event) => pickList(event, "choices"))
    .filter((choice) => (pickNumber(choice, "index") ?? 0) === 0).map((choice) => pickText(choice, "finish_reason"));
  const calls = indexes.flatMap((index) => streamCalls(deltas(index)));
  return toFacts({
    request_id: first((event) => pickText(event, "id")),
    response_model: first((event) => pickText(event, "model")),
    contents: indexes.length === 0
      ? undefined
      : indexes.map((index) => deltas(index).map((delta) => pieceText(delta) ?? "").join("")),
    reasoning: joinTexts(deltas(0).map(reasoningOf), ""),
    tool_calls: calls.length === 0 ? undefined : calls,
    finish_reason: toFinish(reasons.findLast((reason) => reason !== undefined)),
    ...usageOf(usages.at(-1)),
  });
}

function pieceText(delta: unknown): string | undefined {
  const content = pick(delta, "content");
  if (!Array.isArray(content)) return pickText(delta, "content");
  return joinTexts(content.map((part) => pickText(part, "text")), "");
}

/** Joins fragments: a fragment with a name starts a call, others go on with the one of their index. */
function streamCalls(deltas: readonly unknown[]): readonly string[] {
  const calls: { index: unknown; name: string; text: string }[] = [];
  for (const fragment of deltas.flatMap((delta) => pickList(delta, "tool_calls"))) {
    const name = pickText(fragment, "function.name");
    const text = String(pick(fragment, "function.arguments") ?? "");
    const index = pick(fragment, "index");
    if (name !== undefined) calls.push({ index, name, text });
    else {
      const open = calls.findLast((call) => call.index === index);
      if (open !== undefined) open.text += text;
    }
  }
  return calls.map((call) => callLine(call.name, call.text));
}

function reasoningOf(message: unknown): string | undefined {
  const parts = pickList(message, "content").filter((part) => pick(part, "type") === "thinking");
  if (parts.length > 0) {
    return parts.flatMap((part) => pickList(part, "thinking").map((piece) => pickText(piece, "text") ?? "")).join("");
  }
  return pickText(message, "reasoning_content") ?? pickText(message, "reasoning") ??
    joinTexts(
      pickList(message, "reasoning_details").map((detail) => pickText(detail, "text") ?? pickText(detail, "summary")),
      "",
    );
}

function toFinish(reason: string | undefined): string | undefined {
  return reason === undefined ? undefined : FINISH[reason] ?? "other";
}

/** Reasoning beside the completion is told by the vendor's own total. */
function usageOf(usage: unknown): Facts {
  const prompt = pickNumber(usage, "prompt_tokens");
  const completion = pickNumber(usage, "completion_tokens");
  const total = pickNumber(usage, "total_tokens");
  const reasoning = pickNumber(usage, "completion_tokens_details.reasoning_tokens") ??
    pickNumber(usage, "reasoning_tokens");
  const isBeside = prompt !== undefined && completion !== undefined && total !== undefined && reasoning !== undefined &&
    total !== prompt + completion && total === prompt + completion + reasoning;
  return toFacts({
    prompt_tokens: prompt,
    completion_tokens: isBeside ? completion + reasoning : completion,
    total_tokens: total ?? (prompt !== undefined && completion !== undefined ? prompt + completion : undefined),
    cached_tokens: pickNumber(usage, "prompt_tokens_details.cached_tokens") ??
      pickNumber(usage, "prompt_cache_hit_tokens") ??
      pickNumber(usage, "num_cached_tokens"),
    reasoning_tokens: reasoning,
  });
}
