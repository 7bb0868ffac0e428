import { type Answer, type Endpoint, eventAnswer, jsonAnswer, listOf, recordOf, type Wishes } from "./answer.ts";
import { errorCode, errorType } from "./openai_chat.ts";
import { collectText, cut, type Story, tellStory, toolNames } from "./story.ts";

/** `POST /v1/responses`. @see https://platform.openai.com/docs/api-reference/responses (read 2026-11) */
export const OPENAI_RESPONSES: Endpoint = {
  path: "/v1/responses",
  answer(body, wishes) {
    const isResult = listOf(body.input).map((item) => recordOf(item).type === "function_call_output");
    const results = { count: isResult.filter(Boolean).length, isLast: isResult.at(-1) === true };
    const prompt = `${body.instructions ?? ""}\n${collectText(body.input)}`;
    const story = tellStory(prompt, toolNames(body.tools), results, wishes);
    return body.stream === true ? stream(body, story, wishes) : jsonAnswer(response(body, story, "completed"));
  },
  error: (status) => ({
    error: { message: `The stand-in answers ${status}`, type: errorType(status), param: null, code: errorCode(status) },
  }),
};

function item(story: Story, isDone: boolean): Record<string, unknown> {
  const status = isDone ? "completed" : "in_progress";
  if (story.tool) {
    const { id, name, arguments: text } = story.tool;
    return { id: `fc_${story.id}`, type: "function_call", status, call_id: id, name, arguments: isDone ? text : "" };
  }
  const content = isDone ? [{ type: "output_text", text: story.text, annotations: [] }] : [];
  return { id: `msg_${story.id}`, type: "message", status, role: "assistant", content };
}

function response(body: Record<string, unknown>, story: Story, status: string): Record<string, unknown> {
  const isDone = status === "completed";
  return {
    id: `resp_${story.id}`,
    object: "response",
    created_at: 1_790_000_000,
    status,
    error: null,
    incomplete_details: null,
    model: `${body.model}-2024-07-18`,
    output: isDone ? [item(story, true)] : [],
    ...(isDone
      ? {
        usage: {
          input_tokens: story.inputTokens,
          input_tokens_details: { cached_tokens: 0 },
          output_tokens: story.outputTokens,
          output_tokens_details: { reasoning_tokens: 0 },
          total_tokens: story.inputTokens + story.outputTokens,
        },
      }
      : { usage: null }),
  };
}

function stream(body: Record<string, unknown>, story: Story, wishes: Wishes): Answer {
  let number = 0;
  const event = (type: string, rest: Record<string, unknown>) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number++, ...rest })}`;
  const place = { item_id: item(story, false).id, output_index: 0 };
  const middle = story.tool
    ? [
      ...cut(story.tool.arguments, 4).map((delta) =>
        event("response.function_call_arguments.delta", { ...place, delta })
      ),
      event("response.function_call_arguments.done", { ...place, arguments: story.tool.arguments }),
    ]
    : [
      ...story.parts.map((delta) => event("response.output_text.delta", { ...place, content_index: 0, delta })),
      event("response.output_text.done", { ...place, content_index: 0, text: story.text }),
    ];
  return eventAnswer([
    event("response.created", { response: response(body, story, "in_progress") }),
    event("response.output_item.added", { output_index: 0, item: item(story, false) }),
    ...middle,
    event("response.output_item.done", { output_index: 0, item: item(story, true) }),
    event("response.completed", { response: response(body, story, "completed") }),
  ], wishes);
}
