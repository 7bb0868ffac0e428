/**
 * Manus: tasks for an agent, told here as one call each. Version 2 reads what came of a task from the list of its events, the older
 * version 1 from the task itself.
 *
 * @see https://open.manus.ai/docs/v2/task.create, https://open.manus.ai/docs/v2/task-lifecycle,
 *   https://open.manus.ai/docs/v1/create-task (read 2026-11-21)
 */
import type { Choice, Message, ModelError, ModelRequest, ModelResponse } from "../../model/model_call.ts";
import { onSameHost, toPendingWork } from "./address.ts";
import type { Dialect, RequestView, ResponseContext } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { decodeOpenAiError } from "./openai_error.ts";
import { hasPathEnd } from "./path_end.ts";

const ASK_PATH = /\/v2\/task\.(?:create|sendMessage)$/;
const OLD_PATH = "/v1/tasks";
const LIST_PATH = "/v2/task.listMessages";

/** Of version 1. A task that waits for its user's word is `pending`. */
const UNDER_WAY: ReadonlySet<unknown> = new Set(["running", "pending"]);
const FAILED: ReadonlySet<unknown> = new Set(["failed", "error"]);

/** Manus. */
export const manus: Dialect = {
  id: "manus",
  summary: "Manus: tasks for its agent, and what came of them",
  stability: "experimental",
  docsUrl: "https://open.manus.ai/docs/v2/introduction",
  matchHead: (head) => {
    if (head.method !== "POST") return 0;
    if (ASK_PATH.test(head.path)) return 0.9;
    return hasPathEnd(head.path, OLD_PATH) ? 0.3 : 0;
  },
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "chat",
  decodeRequest,
  createReader: (context) =>
    createDocumentReader(context, context.earlier === undefined ? readTaken : readOutcome, { hasOwnErrors: true }),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  const content = json?.["prompt"] ?? asRecord(json?.["message"])?.["content"];
  if (json === undefined || content === undefined) return undefined;
  const conversation = asFilledText(json["task_id"]) ?? asFilledText(json["taskId"]);
  return compact<ModelRequest>({
    requestType: "chat",
    model: asFilledText(json["agent_profile"]) ?? asFilledText(json["agentProfile"]),
    isStreaming: false,
    messages: [compact<Message>({ role: "user", content: joinTexts(content) })],
    messageCount: 1,
    tools: [],
    parameters: {},
    sessionKeys: conversation === undefined ? undefined : { conversation },
  });
}

function readTaken(json: JsonRecord, context: ResponseContext): Partial<ModelResponse> {
  const task = asFilledText(json["task_id"]);
  const error = readError(json);
  if (task === undefined || error !== undefined) return compact<Partial<ModelResponse>>({ error });
  const isOld = hasPathEnd(context.head.path, OLD_PATH);
  const address = onSameHost(context.head, isOld ? `${OLD_PATH}/${task}` : `${LIST_PATH}?task_id=${task}`);
  const pending = toPendingWork(context, address);
  return compact<Partial<ModelResponse>>({
    requestId: asFilledText(json["request_id"]) ?? task,
    isAccepted: true,
    pending,
  });
}

function readOutcome(json: JsonRecord, context: ResponseContext): Partial<ModelResponse> {
  return Array.isArray(json["messages"]) ? readEvents(json, context) : readTask(json, context);
}

/** Version 2: all that was said since the user's newest message, when the agent stands still since. */
function readEvents(json: JsonRecord, context: ResponseContext): Partial<ModelResponse> {
  const listed = asRecords(json["messages"]);
  const events = /(?:^|&)order=asc(?:&|$)/.test(context.head.query) ? listed : listed.toReversed();
  const since = events.slice(events.findLastIndex(({ type }) => type === "user_message") + 1);
  const told = (type: string) => asRecords(since.filter((event) => event["type"] === type).map((event) => event[type]));
  const state = asFilledText(told("status_update").at(-1)?.["agent_status"]);
  if (state === undefined || state === "running") {
    return { isAccepted: true, ...compact({ pending: toPendingWork(context) }) };
  }
  const choices = toChoices(
    told("assistant_message").map(({ content }) => joinTexts(content)),
    state,
    state === "stopped",
  );
  if (state !== "error") return { choices };
  const message = joinTexts(told("error_message").at(-1)?.["content"]);
  return { choices, error: compact<ModelError>({ type: state, message }) };
}

/** Version 1. */
function readTask(json: JsonRecord, context: ResponseContext): Partial<ModelResponse> {
  const state = asFilledText(json["status"]);
  const model = asFilledText(json["model"]);
  if (UNDER_WAY.has(state)) {
    return compact<Partial<ModelResponse>>({ model, isAccepted: true, pending: toPendingWork(context) });
  }
  const said = asRecords(json["output"]).filter(({ role }) => role === "assistant").map(({ content }) =>
    joinTexts(content)
  );
  const error = FAILED.has(state)
    ? compact<ModelError>({ type: state, message: asFilledText(json["error"]) })
    : readError(json);
  return compact<Partial<ModelResponse>>({ model, choices: toChoices(said, state, state === "completed"), error });
}

function toChoices(said: readonly (string | undefined)[], state: string | undefined, isDone: boolean): Choice[] {
  const texts = said.filter((text) => text !== undefined);
  if (texts.length === 0) return [];
  const message = { role: "assistant", content: texts.join("\n") };
  return [compact<Choice>({ index: 0, message, finishReason: isDone ? "stop" : undefined, rawFinishReason: state })];
}

/** A text, or the texts among the parts of one. */
function joinTexts(content: unknown): string | undefined {
  if (typeof content === "string") return content;
  const texts = asRecords(content).flatMap(({ text }) => asText(text) ?? []);
  return texts.length === 0 ? undefined : texts.join("\n");
}

function readError(json: JsonRecord): ModelError | undefined {
  return json["ok"] === true ? undefined : decodeOpenAiError(json);
}
