import { type Answer, type Endpoint, eventAnswer, jsonAnswer, listOf, recordOf, type Wishes } from "./answer.ts";
import { collectText, cut, type Story, tellStory, toolNames } from "./story.ts";

/** `POST /v1/messages`. @see https://docs.anthropic.com/en/api/messages (read 2026-11) */
export const ANTHROPIC_MESSAGES: Endpoint = {
  path: "/v1/messages",
  answer(body, wishes) {
    const messages = listOf(body.messages);
    const counts = messages.map((message) =>
      listOf(recordOf(message).content).filter((part) => recordOf(part).type === "tool_result").length
    );
    const results = { count: counts.reduce((sum, count) => sum + count, 0), isLast: (counts.at(-1) ?? 0) > 0 };
    const prompt = `${collectText(body.system)}\n${collectText(messages)}`;
    const story = tellStory(prompt, toolNames(body.tools), results, wishes);
    return body.stream === true ? stream(body, story, wishes) : whole(body, story);
  },
  error: (status, text = `The stand-in answers ${status}`) => ({
    type: "error",
    error: {
      type: status === 429 ? "rate_limit_error" : status >= 500 ? "api_error" : "invalid_request_error",
      message: text,
    },
  }),
};

function envelope(body: Record<string, unknown>, story: Story): Record<string, unknown> {
  return { id: `msg_${story.id}`, type: "message", role: "assistant", model: body.model };
}

function inputUsage(story: Story): Record<string, number> {
  return { input_tokens: story.inputTokens, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
}

function whole(body: Record<string, unknown>, story: Story): Answer {
  const content = story.tool
    ? { type: "tool_use", id: story.tool.id, name: story.tool.name, input: JSON.parse(story.tool.arguments) }
    : { type: "text", text: story.text };
  return jsonAnswer({
    ...envelope(body, story),
    content: [content],
    stop_reason: story.tool ? "tool_use" : "end_turn",
    stop_sequence: null,
    usage: { ...inputUsage(story), output_tokens: story.outputTokens },
  });
}

function stream(body: Record<string, unknown>, story: Story, wishes: Wishes): Answer {
  const event = (type: string, rest: Record<string, unknown>) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}`;
  const block = story.tool
    ? { type: "tool_use", id: story.tool.id, name: story.tool.name, input: {} }
    : { type: "text", text: "" };
  const deltas = story.tool
    ? cut(story.tool.arguments, 4).map((part) => ({ type: "input_json_delta", partial_json: part }))
    : story.parts.map((text) => ({ type: "text_delta", text }));
  const start = { ...envelope(body, story), content: [], stop_reason: null, stop_sequence: null };
  return eventAnswer([
    event("message_start", { message: { ...start, usage: { ...inputUsage(story), output_tokens: 1 } } }),
    event("content_block_start", { index: 0, content_block: block }),
    event("ping", {}),
    ...deltas.map((delta) => event("content_block_delta", { index: 0, delta })),
    event("content_block_stop", { index: 0 }),
    event("message_delta", {
      delta: { stop_reason: story.tool ? "tool_use" : "end_turn", stop_sequence: null },
      usage: { output_tokens: story.outputTokens },
    }),
    event("message_stop", {}),
  ], wishes);
}
