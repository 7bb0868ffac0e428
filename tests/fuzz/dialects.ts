import assert from "node:assert/strict";
import { DeltaTemplate, type TemplateSpec } from "../../core/decode/dialect/delta_template.ts";
import type { Dialect, ResponseContext, ResponseHead } from "../../core/decode/dialect/dialect.ts";
import { DIALECTS, SOCKET_DIALECTS } from "../../core/decode/dialect/registry.ts";
import type { SocketDialect } from "../../core/decode/dialect/socket_dialect.ts";
import type { ModelResponse } from "../../core/model/model_call.ts";
import type { FuzzTarget } from "../support/fuzz.ts";
import type { Random } from "../support/random.ts";

/** Keys that formats look for; a value under the wrong key is as useful as one under the right. */
const KEYS =
  ("model messages role content text type parts choices delta message tool_calls function name arguments index finish_reason " +
    "usage prompt_tokens completion_tokens total_tokens input output item response output_index call_id id system tools " +
    "input_schema content_block partial_json thinking stop_reason error code candidates functionCall args usageMetadata " +
    "contents data embedding object done prompt_eval_count metadata user_id reasoning summary status stream setup clientContent " +
    "turns turnComplete realtimeInput audio mimeType toolResponse functionResponses serverContent modelTurn toolCall functionCalls " +
    "outputTranscription interrupted session delta transcript p o v event prompt token result modelResponse fragments " +
    "conversationId jsonrpc method params inputSchema annotations").split(
      " ",
    );
/** Keys of envelopes, jobs and editors' own services. */
const VENDOR_KEYS =
  ("id status state output urls get stream error logs metrics task_id taskId request_id response_url status_url polling_url " +
    "result results prediction run video seed inputs outputs raw image url code description chatRequest chatResponse apiFormat " +
    "chatHistory chatChoices toolResults inferenceResponse generatedTexts finishReason usage completions maximum_tokens prompt " +
    "embeddings history response generated_text provider provider_request event events conversationState currentMessage " +
    "userInputMessage userInputMessageContext assistantResponseMessage toolUses toolUseId name input stop modelId content " +
    "metadataEvent tokenUsage deltaText completion speaker maxTokensToSample profile chat messages parameters fqdn value " +
    "event_type choice text type message model data input_events token_count usageUnits").split(" ");
const WORDS = [
  "assistant",
  "user",
  "tool",
  "system",
  "text",
  "tool_use",
  "tool_result",
  "message",
  "message_start",
  "content_block_start",
  "content_block_delta",
  "content_block_stop",
  "message_delta",
  "message_stop",
  "text_delta",
  "input_json_delta",
  "function_call",
  "response.output_text.delta",
  "response.output_item.done",
  "response.completed",
  "chat.completion.chunk",
  "response.create",
  "response.done",
  "session.update",
  "conversation.item.create",
  "stop",
  "",
  "{",
  '{"x":1}',
  '[["wrb.fr",null,"[null,[1],0,0,[[0,[\\"a\\",1]],7]]"]]',
  "response/fragments/-1/content",
  "succeeded",
  "starting",
  "IN_QUEUE",
  "COMPLETED",
  "FAILED",
  "GENERIC",
  "COHERE",
  "Content",
  "done",
  "output",
  "completion",
  "assistantResponseEvent",
  "toolUseEvent",
  "https://a.example/v1/predictions/1",
  "BATCH",
  "constructor",
  "__proto__",
  "é😀\ud800",
  "x".repeat(400),
];
const PATHS = [
  "/v1/chat/completions",
  "/v1/messages",
  "/v1/responses",
  "/v1/embeddings",
  "/v1beta/models/m:streamGenerateContent",
  "/model/m/converse",
  "/model/m/invoke",
  "/api/chat",
  "/api/v1/services/aigc/text-generation/generation",
  "/v3/ai/language-model",
  "/v2/models/m/generate",
  "/ml/v1/text/chat",
  "/hf-inference/models/a/b",
  "/embedding",
  "/v2/chat",
  "/v1/predictions",
  "/v2/a/run",
  "/v2/a/runsync",
  "/20231130/actions/chat",
  "/20231130/actions/embedText",
  "/complete",
  "/v1/gpu/m/chatbot",
  "/v2/users/u/apps/a/models/m/outputs",
  "/generateAssistantResponse",
  "/.api/completions/stream",
  "/completions",
  "/user/v5/llm/chat/stream/v8",
  "/v1/videos",
  "/v2/transcript",
  "/fal-ai/flux/requests/1",
  "/",
  "",
  "/%zz/:",
];

const HOSTS = ["", "a.example", "queue.fal.run", "api.runpod.ai", "cloud.zed.dev", "api.minimax.io", "[::1]:1", "é"];

/** One target a dialect: requests and answers of any shape, and for work that is only taken on, what is fetched of it later. */
export const DIALECT_FUZZ: readonly FuzzTarget[] = DIALECTS.map((dialect) => ({
  name: `dialect ${dialect.id}`,
  run: (random) => fuzzDialect(dialect, random),
}));

/** One target a socket format: messages of any shape from both sides; each turn's request and answers go through its dialect. */
export const SOCKET_FUZZ: readonly FuzzTarget[] = SOCKET_DIALECTS.map((socket) => ({
  name: `socket ${socket.id}`,
  run: (random) => fuzzSocket(socket, random),
}));

/** Events that fit a template are JSON, and say what the template says. */
export const templateFuzz: FuzzTarget = {
  name: "delta template",
  run(random) {
    const spec: TemplateSpec = {
      pieceKey: "content",
      ignoredKeys: ["id", "n"],
      read: (json) => (json as { delta?: { content?: unknown } } | null)?.delta?.content,
    };
    const event = (piece: string) =>
      JSON.stringify({ id: `i${random.below(9)}`, n: random.below(99), delta: { content: piece } });
    const template = DeltaTemplate.learn(event("a"), spec);
    assert.ok(template !== undefined);
    const text = event(random.pick(WORDS));
    const at = random.below(text.length + 1);
    const damaged = text.slice(0, at) + random.pick(["", '"', "\\", "}", " ", "0", "\u0001", "\\u12"]) +
      text.slice(at + random.below(3));
    const piece = template.match(damaged);
    if (piece !== undefined) assert.equal(spec.read(JSON.parse(damaged)), piece);
  },
};

function fuzzDialect(dialect: Dialect, random: Random): void {
  const host = random.pick(HOSTS);
  const head = {
    method: random.pick(["POST", "GET", ""]),
    path: random.pick(PATHS),
    query: random.pick(["", "alt=sse", "key=x"]),
    ...(host !== "" && { host }),
    headers: new Map(random.once(2) ? [["anthropic-version", "1"]] : []),
  };
  const body = makeRecord(random, 4);
  const response = makeResponse(random);
  for (const score of [dialect.matchHead(head), dialect.matchBody(body, head), dialect.matchAnswer(body, response)]) {
    assert.ok(score >= 0 && score <= 1, `score ${score}`);
  }
  const form = [{ name: "f.req", text: JSON.stringify([null, JSON.stringify(makeValue(random, 4))]) }];
  const messages = random.once(4) ? random.pick([[{ text: random.pick(WORDS) }], form]) : [];
  const view = { ...head, json: random.once(9) ? undefined : body, messages, isComplete: random.once(2), quirks: [] };
  const request = dialect.decodeRequest(view);
  const wantsDelta = random.once(2);
  const context = { request, head, response, quirks: [], wantsDelta };
  const answer = readRandomAnswer(dialect, context, random);
  if (answer.pending === undefined) return;
  assert.ok(answer.pending.addresses.length > 0);
  const poll = { ...head, method: "GET", path: random.pick([head.path, "/v1/predictions/1", "/v2/a/status/1"]) };
  readRandomAnswer(dialect, { ...context, head: poll, response: makeResponse(random), earlier: answer }, random);
}

function makeResponse(random: Random): ResponseHead {
  return {
    status: random.pick([200, 201, 202, 400, 529]),
    headers: new Map<string, string>(),
    contentType: random.pick(["", "text/event-stream", "application/json"]),
  };
}

function readRandomAnswer(dialect: Dialect, context: ResponseContext, random: Random): ModelResponse {
  const reader = dialect.createReader(context);
  for (let count = random.below(8); count > 0; count--) {
    const text = random.once(6)
      ? random.pick(["[DONE]", "", "null", "[", ...WORDS])
      : JSON.stringify(makeRecord(random, 4));
    reader.message({ text, ...(random.once(4) && { name: random.pick(WORDS) }) });
  }
  const answer = reader.finish(random.once(2));
  // What is published has to survive JSON: no undefined list members, no cycles, no NaN.
  assert.deepEqual(JSON.parse(JSON.stringify(answer)), answer);
  return answer;
}

function fuzzSocket(socket: SocketDialect, random: Random): void {
  const head = {
    method: "GET",
    path: random.pick(PATHS),
    query: random.pick(["", "model=m"]),
    headers: new Map<string, string>(),
  };
  socket.matchHead(head);
  const turns = socket.createTurns(head);
  const response = { status: 101, headers: new Map<string, string>(), contentType: "" };
  const open = (json: unknown) => {
    const view = { ...head, json, messages: [], isComplete: true, quirks: [] };
    const request = socket.dialect.decodeRequest(view);
    return socket.dialect.createReader({ request, head, response, quirks: [], wantsDelta: random.once(2) });
  };
  let reader: ReturnType<typeof open> | undefined;
  for (let count = random.below(20); count > 0; count--) {
    const json = makeRecord(random, 4);
    const step = random.once(2)
      ? turns.client(json, count)
      : turns.server(json, JSON.stringify(json), reader !== undefined);
    if (step?.request !== undefined) reader = open(step.request);
    if (step?.answer !== undefined) reader?.message({ text: step.answer });
    if (step?.isEnd !== true || reader === undefined) continue;
    const answer = reader.finish(true);
    assert.deepEqual(JSON.parse(JSON.stringify(answer)), answer);
    reader = undefined;
  }
}

function makeValue(random: Random, depth: number): unknown {
  switch (random.below(depth > 0 ? 9 : 6)) {
    case 0:
      return null;
    case 1:
      return random.pick([0, 1, 7, -1, 1.5, 1e300]);
    case 2:
      return random.once(2);
    case 3:
    case 4:
    case 5:
      return random.pick(WORDS);
    case 6:
      return Array.from({ length: random.below(4) }, () => makeValue(random, depth - 1));
    default:
      return makeRecord(random, depth - 1);
  }
}

/** A seeded JSON object with keys and words that formats look for. */
export function makeJson(random: Random): Record<string, unknown> {
  return makeRecord(random, 4);
}

function makeRecord(random: Random, depth: number): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (let count = random.below(7); count > 0; count--) {
    record[random.pick(random.once(3) ? VENDOR_KEYS : KEYS)] = makeValue(random, depth);
  }
  return record;
}
