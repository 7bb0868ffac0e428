import { type Answer, type Endpoint, eventAnswer, jsonAnswer, listOf, recordOf, type Wishes } from "./answer.ts";
import { collectText, cut, type Story, tellStory, toolNames } from "./story.ts";

/** `POST /v1/chat/completions`. @see https://platform.openai.com/docs/api-reference/chat (read 2026-11) */
export const OPENAI_CHAT: Endpoint = {
  path: "/v1/chat/completions",
  answer(body, wishes) {
    const messages = listOf(body.messages);
    const isResult = messages.map((message) => recordOf(message).role === "tool");
    const results = { count: isResult.filter(Boolean).length, isLast: isResult.at(-1) === true };
    const story = tellStory(collectText(messages), toolNames(body.tools), results, wishes);
    return body.stream === true ? stream(body, story, wishes) : whole(body, story, wishes);
  },
  error: (status, text = `The stand-in answers ${status}`) => ({
    error: { message: text, type: errorType(status), param: null, code: errorCode(status) },
  }),
};

/** OpenAI's error type of a status. */
export function errorType(status: number): string {
  return status === 429 ? "rate_limit_error" : status >= 500 ? "server_error" : "invalid_request_error";
}

/** OpenAI's error code of a status; null where it sends none. */
export function errorCode(status: number): string | null {
  return status === 429 ? "rate_limit_exceeded" : null;
}

function envelope(
  body: Record<string, unknown>,
  story: Story,
  object: string,
  wishes: Wishes,
): Record<string, unknown> {
  const model = wishes.model ?? `${body.model}-2024-07-18`;
  return { id: `chatcmpl-${story.id}`, object, created: 1_790_000_000, model };
}

function usage(story: Story): Record<string, unknown> {
  return {
    prompt_tokens: story.inputTokens,
    completion_tokens: story.outputTokens,
    total_tokens: story.inputTokens + story.outputTokens,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  };
}

function whole(body: Record<string, unknown>, story: Story, wishes: Wishes): Answer {
  const message = story.tool
    ? {
      role: "assistant",
      content: null,
      tool_calls: [{
        id: story.tool.id,
        type: "function",
        function: { name: story.tool.name, arguments: story.tool.arguments },
      }],
    }
    : { role: "assistant", content: story.text, refusal: null };
  return jsonAnswer({
    ...envelope(body, story, "chat.completion", wishes),
    choices: [{ index: 0, message, logprobs: null, finish_reason: story.tool ? "tool_calls" : "stop" }],
    usage: usage(story),
  });
}

function stream(body: Record<string, unknown>, story: Story, wishes: Wishes): Answer {
  const head = envelope(body, story, "chat.completion.chunk", wishes);
  const wantsUsage = recordOf(body.stream_options).include_usage === true;
  const chunk = (delta: unknown, finishReason: string | null = null) =>
    "data: " + JSON.stringify({
      ...head,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
      ...(wantsUsage ? { usage: null } : {}),
    });
  const last = wantsUsage ? ["data: " + JSON.stringify({ ...head, choices: [], usage: usage(story) })] : [];
  return eventAnswer([
    ...deltas(story).map((delta) => chunk(delta)),
    chunk({}, story.tool ? "tool_calls" : "stop"),
    ...last,
    "data: [DONE]",
  ], wishes);
}

function deltas({ tool, parts }: Story): unknown[] {
  if (!tool) return [{ role: "assistant", content: "" }, ...parts.map((content) => ({ content }))];
  const start = { index: 0, id: tool.id, type: "function", function: { name: tool.name, arguments: "" } };
  return [
    { role: "assistant", content: null, tool_calls: [start] },
    ...cut(tool.arguments, 4).map((part) => ({ tool_calls: [{ index: 0, function: { arguments: part } }] })),
  ];
}
