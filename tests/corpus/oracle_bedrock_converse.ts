import { answerText, callLine, type Facts, headerRequestId, type Oracle, toFacts } from "./oracle.ts";
import { joinTexts, pick, pickList, pickNumber, pickText, tryParse } from "./pick.ts";
import { pathOf, type Recording } from "./recording.ts";

const PATH = /\/model\/([^/]+)\/(converse|converse-stream)$/;

const FINISH: Readonly<Record<string, string>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  max_tokens: "length",
  tool_use: "tool_calls",
  guardrail_intervened: "content_filter",
  content_filtered: "content_filter",
};

/** Bedrock's Converse and ConverseStream. */
export const bedrockConverseOracle: Oracle = {
  format: "converse",
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
  const messages = pickList(body, "messages");
  const tools = pickList(body, "toolConfig.tools")
    .map((tool) => pickText(tool, "toolSpec.name") ?? pickText(tool, "systemTool.name"))
    .filter((name) => name !== undefined);
  return toFacts({
    request_type: "chat",
    request_model: path === null ? undefined : decodeURIComponent(path[1] ?? ""),
    streaming_request: path?.[2] === "converse-stream",
    message_count: messages.length,
    message_texts: messages.map((message) => textOf(pickList(message, "content"), "\n") ?? ""),
    system_prompt: textOf(pickList(body, "system"), "\n"),
    tools: tools.length === 0 ? undefined : tools,
    temperature: pickNumber(body, "inferenceConfig.temperature"),
    max_tokens: pickNumber(body, "inferenceConfig.maxTokens"),
  });
}

function textOf(blocks: readonly unknown[], between: string): string | undefined {
  return joinTexts(
    blocks.map((block) => {
      const cited = pickList(block, "citationsContent.content").map((part) => pickText(part, "text"));
      return pick(block, "text") as string | undefined ?? joinTexts(cited, "");
    }),
    between,
  );
}

function readAnswer(recording: Recording): Facts {
  const isStream = PATH.exec(pathOf(recording))?.[2] === "converse-stream" && recording.status < 400;
  const whole = isStream ? rebuild(readFrames(recording.responseBody)) : tryParse(answerText(recording));
  const base = toFacts({
    status: recording.status,
    success: recording.status < 400,
    streaming: isStream,
    error_message: recording.status < 400 ? undefined : pickText(whole, "message"),
  });
  const blocks = pickList(whole, "output.message.content");
  if (pick(whole, "output.message") === undefined) return base;
  const calls = blocks.map((block) => pick(block, "toolUse")).filter((call) => call !== undefined);
  const reason = pickText(whole, "stopReason");
  const usage = pick(whole, "usage");
  const read = pickNumber(usage, "cacheReadInputTokens") ?? 0;
  const written = pickNumber(usage, "cacheWriteInputTokens") ?? 0;
  const input = pickNumber(usage, "inputTokens");
  return {
    ...base,
    ...toFacts({
      contents: [textOf(blocks, "") ?? ""],
      reasoning: joinTexts(blocks.map((block) => pickText(block, "reasoningContent.reasoningText.text")), ""),
      tool_calls: calls.length === 0
        ? undefined
        : calls.map((call) => callLine(pick(call, "name"), pick(call, "input"))),
      finish_reason: reason === undefined ? undefined : FINISH[reason] ?? "other",
      prompt_tokens: input === undefined ? undefined : input + read + written,
      completion_tokens: pickNumber(usage, "outputTokens"),
      total_tokens: pickNumber(usage, "totalTokens"),
      cached_tokens: pickNumber(usage, "cacheReadInputTokens"),
    }),
  };
}

/** Events of an AWS event stream (base64), checksums not looked at: `[event type, payload]`. */
function readFrames(base64: string): readonly (readonly [type: string, payload: unknown])[] {
  const bytes = Uint8Array.from(atob(base64.replace(/\s+/g, "")), (char) => char.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const frames: [string, unknown][] = [];
  for (let at = 0; at + 16 <= bytes.length; at += view.getUint32(at)) {
    const headersEnd = at + 12 + view.getUint32(at + 4);
    const headers = new TextDecoder("latin1").decode(bytes.subarray(at + 12, headersEnd));
    const type = /:event-type[^]{3}([A-Za-z]+)/.exec(headers)?.[1] ?? "";
    const payload = new TextDecoder().decode(bytes.subarray(headersEnd, at + view.getUint32(at) - 4));
    frames.push([type, tryParse(payload)]);
  }
  return frames;
}

/** Puts the answer together as Converse would have given it. */
function rebuild(frames: readonly (readonly [type: string, payload: unknown])[]): unknown {
  const of = (type: string) => frames.filter(([name]) => name === type).map(([, payload]) => payload);
  const indexes = [...new Set(of("contentBlockDelta").map((delta) => pickNumber(delta, "contentBlockIndex")))];
  const content = indexes.map((index) => {
    const deltas = of("contentBlockDelta").filter((delta) => pickNumber(delta, "contentBlockIndex") === index);
    const join = (path: string) => joinTexts(deltas.map((delta) => pickText(delta, path)), "");
    const start = of("contentBlockStart").find((event) => pickNumber(event, "contentBlockIndex") === index);
    const name = pickText(start, "start.toolUse.name");
    if (name !== undefined) return { toolUse: { name, input: join("delta.toolUse.input") ?? "" } };
    const reasoning = join("delta.reasoningContent.text");
    if (reasoning !== undefined) return { reasoningContent: { reasoningText: { text: reasoning } } };
    return { text: join("delta.text") };
  });
  return {
    output: { message: { content } },
    stopReason: pick(of("messageStop")[0], "stopReason"),
    usage: pick(of("metadata")[0], "usage"),
  };
}
