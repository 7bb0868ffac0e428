import { answerText, callLine, eventJson, type Facts, headerRequestId, type Oracle, toFacts } from "./oracle.ts";
import { joinTexts, pick, pickList, pickNumber, pickText, tryParse } from "./pick.ts";
import { pathOf, type Recording } from "./recording.ts";

const VERTEX = /\/publishers\/anthropic\/models\/([^:]+):(r|streamR)awPredict$/;

const FINISH: Readonly<Record<string, string>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  refusal: "content_filter",
};

/** Anthropic Messages, direct and on Vertex AI. */
export const anthropicOracle: Oracle = {
  format: "messages",
  unread: ["input_count", "dimensions", "embedding_count"],
  accepts: (recording) => {
    const path = pathOf(recording);
    return recording.method === "POST" && (/\/v1\/messages$/.test(path) || VERTEX.test(path)) &&
      pick(tryParse(recording.requestBody), "messages") !== undefined;
  },
  read: (recording) => {
    const request = readRequest(recording);
    const fallback = toFacts({ request_id: headerRequestId(recording), response_model: request.request_model });
    return { ...request, ...fallback, ...readAnswer(recording) };
  },
};

function readRequest(recording: Recording): Facts {
  const body = tryParse(recording.requestBody);
  const vertex = VERTEX.exec(pathOf(recording));
  const messages = pickList(body, "messages");
  const system = pick(body, "system");
  return toFacts({
    request_type: "chat",
    request_model: pickText(body, "model") ?? vertex?.[1],
    streaming_request: pick(body, "stream") === true || vertex?.[2] === "streamR",
    message_count: messages.length,
    message_texts: messages.map((message) => textOf(pick(message, "content")) ?? ""),
    system_prompt: textOf(system),
    tools: pickList(body, "tools").length === 0
      ? undefined
      : pickList(body, "tools").map((tool) => String(pick(tool, "name"))),
    temperature: pickNumber(body, "temperature"),
    max_tokens: pickNumber(body, "max_tokens"),
  });
}

function textOf(content: unknown): string | undefined {
  if (typeof content === "string") return content;
  const list: readonly unknown[] = Array.isArray(content) ? content : [];
  const hasCitations = (block: unknown) => Array.isArray(pick(block, "citations"));
  const isText = (block: unknown) => pick(block, "type") === "text";
  // A cited passage and the text around it are one sentence; other blocks stand on lines of their own.
  const pieces = list.map((block, place) => {
    if (!isText(block)) return undefined;
    const isFirst = !list.slice(0, place).some(isText);
    const before = list[place - 1];
    const goesOn = isText(before) && (hasCitations(before) || hasCitations(block));
    return (isFirst || goesOn ? "" : "\n") + String(pick(block, "text"));
  });
  return joinTexts(pieces, "");
}

function readAnswer(recording: Recording): Facts {
  const text = answerText(recording);
  const events = eventJson(text);
  const whole = events === undefined ? tryParse(text) : rebuild(events);
  const error = events?.find((event) => pick(event, "type") === "error") ??
    (pick(whole, "type") === "error" ? whole : undefined);
  const base = toFacts({
    status: recording.status,
    success: recording.status < 400 && error === undefined,
    streaming: events !== undefined,
    request_id: pickText(error, "request_id"),
    error_message: pickText(error, "error.message"),
  });
  if (pick(whole, "content") === undefined) return base;
  return { ...base, ...readMessage(whole) };
}

function readMessage(message: unknown): Facts {
  const blocks = pickList(message, "content");
  const calls = blocks.filter((block) => /tool_use$/.test(String(pick(block, "type"))));
  const stop = pickText(message, "stop_reason");
  const usage = pick(message, "usage");
  const cached = pickNumber(usage, "cache_read_input_tokens");
  const input = sum([pickNumber(usage, "input_tokens"), cached, pickNumber(usage, "cache_creation_input_tokens")]);
  const output = pickNumber(usage, "output_tokens");
  return toFacts({
    request_id: pickText(message, "id"),
    response_model: pickText(message, "model"),
    contents: [textOf(blocks) ?? ""],
    reasoning: joinTexts(blocks.map((block) => pickText(block, "thinking")), ""),
    tool_calls: calls.length === 0 ? undefined : calls.map((call) => callLine(pick(call, "name"), pick(call, "input"))),
    finish_reason: stop === undefined ? undefined : FINISH[stop] ?? "other",
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input === undefined || output === undefined ? undefined : input + output,
    cached_tokens: cached,
    reasoning_tokens: pickNumber(usage, "output_tokens_details.thinking_tokens"),
  });
}

function sum(counts: readonly (number | undefined)[]): number | undefined {
  return counts[0] === undefined ? undefined : counts.reduce<number>((total, count) => total + (count ?? 0), 0);
}

/** Puts the message together as it would have come without streaming. */
function rebuild(events: readonly unknown[]): unknown {
  const start = events.find((event) => pick(event, "type") === "message_start");
  if (start === undefined) return undefined;
  const content = events.filter((event) => pick(event, "type") === "content_block_start").map((event) => {
    const index = pick(event, "index");
    const deltas = events.filter((other) =>
      pick(other, "type") === "content_block_delta" && pick(other, "index") === index
    );
    const join = (key: string) => deltas.map((delta) => pickText(delta, `delta.${key}`) ?? "").join("");
    const block = pick(event, "content_block") as Record<string, unknown>;
    const input = join("partial_json");
    return {
      ...block,
      ...(block.type === "text" && { text: String(block.text ?? "") + join("text") }),
      ...(block.type === "thinking" && { thinking: join("thinking") }),
      ...(input !== "" && { input: tryParse(input) }),
    };
  });
  const end = events.findLast((event) => pick(event, "type") === "message_delta");
  const usage = { ...(pick(start, "message.usage") as object), ...(pick(end, "usage") as object | undefined) };
  return { ...(pick(start, "message") as object), content, stop_reason: pick(end, "delta.stop_reason"), usage };
}
