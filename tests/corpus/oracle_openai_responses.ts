import { answerText, callLine, eventJson, type Facts, headerRequestId, type Oracle, toFacts } from "./oracle.ts";
import { joinTexts, pick, pickList, pickNumber, pickText, tryParse } from "./pick.ts";
import { pathOf, type Recording } from "./recording.ts";

/** OpenAI Responses of every vendor. */
export const openaiResponsesOracle: Oracle = {
  format: "responses",
  unread: ["input_count", "dimensions", "embedding_count", "reasoning"],
  accepts: (recording) => recording.method === "POST" && /\/responses$/.test(pathOf(recording)),
  read: (recording) => {
    const request = readRequest(recording);
    const fallback = toFacts({ request_id: headerRequestId(recording), response_model: request.request_model });
    return { ...request, ...fallback, ...readAnswer(recording) };
  },
};

function readRequest(recording: Recording): Facts {
  const body = tryParse(recording.requestBody);
  const input = pick(body, "input");
  const items = typeof input === "string" ? [{ role: "user", content: input }] : pickList(body, "input");
  const isSystem = (item: unknown) => ["system", "developer"].includes(String(pick(item, "role")));
  return toFacts({
    request_type: "chat",
    request_model: pickText(body, "model"),
    streaming_request: pick(body, "stream") === true,
    message_count: items.filter((item) => !isSystem(item)).length,
    message_texts: items.filter(isShown).map((item) => textOf(item) ?? pickText(item, "output") ?? ""),
    system_prompt: joinTexts([pickText(body, "instructions"), ...items.filter(isSystem).map(textOf)], "\n"),
    tools: pickList(body, "tools").length === 0
      ? undefined
      : pickList(body, "tools").map((tool) => String(pick(tool, "name") ?? pick(tool, "type"))),
    temperature: pickNumber(body, "temperature"),
    max_tokens: pickNumber(body, "max_output_tokens"),
  });
}

/** References, encrypted state and reasoning without a summary show nothing. */
function isShown(item: unknown): boolean {
  const type = pick(item, "type");
  if (type === "reasoning") return pickList(item, "summary").some((part) => pickText(part, "text") !== undefined);
  return type !== "item_reference" && type !== "compaction";
}

function textOf(item: unknown): string | undefined {
  const content = pick(item, "content");
  if (typeof content === "string") return content;
  return joinTexts(
    pickList(item, "content").map((part) => pick(part, "text") as string | undefined ?? pickText(part, "refusal")),
    "\n",
  );
}

function readAnswer(recording: Recording): Facts {
  const text = answerText(recording);
  const events = eventJson(text);
  const whole = events === undefined
    ? tryParse(text)
    : pick(events.findLast((event) => pick(event, "response") !== undefined), "response");
  const error = pick(whole, "error") ?? pick(events?.find((event) => pick(event, "type") === "error"), "error");
  const base = toFacts({
    status: recording.status,
    success: recording.status < 400 && error === undefined,
    streaming: events !== undefined,
    error_message: pickText(error, "message") ?? (typeof error === "string" ? error : undefined),
  });
  return pick(whole, "output") === undefined ? base : { ...base, ...readResponse(whole) };
}

function readResponse(response: unknown): Facts {
  const output = pickList(response, "output");
  const messages = output.filter((item) => pick(item, "type") === "message");
  const calls = output.filter((item) => /_call$/.test(String(pick(item, "type"))));
  const isClientCall = (item: unknown) =>
    [
      "function_call",
      "custom_tool_call",
      "local_shell_call",
      "shell_call",
      "apply_patch_call",
      "computer_call",
      "mcp_approval_request",
    ]
      .includes(String(pick(item, "type")));
  return toFacts({
    request_id: pickText(response, "id"),
    response_model: pickText(response, "model"),
    contents: [joinTexts(messages.map(textOf), "\n") ?? ""],
    tool_calls: calls.length === 0 ? undefined : calls.map(toCallLine),
    finish_reason: finishOf(response, output.some(isClientCall)),
    prompt_tokens: pickNumber(response, "usage.input_tokens"),
    completion_tokens: pickNumber(response, "usage.output_tokens"),
    total_tokens: pickNumber(response, "usage.total_tokens"),
    cached_tokens: pickNumber(response, "usage.input_tokens_details.cached_tokens"),
    reasoning_tokens: pickNumber(response, "usage.output_tokens_details.reasoning_tokens"),
  });
}

/** Calls of the vendor's own tools have no name: their type tells it. */
function toCallLine(item: unknown): string {
  const name = pickText(item, "name") ?? String(pick(item, "type")).replace(/_call$/, "");
  return callLine(name, pick(item, "arguments") ?? pick(item, "action") ?? pick(item, "queries") ?? pick(item, "code"));
}

function finishOf(response: unknown, hasCall: boolean): string | undefined {
  const status = pickText(response, "status");
  if (status === "completed") return hasCall ? "tool_calls" : "stop";
  if (status === "failed") return "error";
  if (status !== "incomplete") return undefined;
  return pick(response, "incomplete_details.reason") === "max_output_tokens" ? "length" : "content_filter";
}
