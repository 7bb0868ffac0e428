/**
 * RunPod serverless jobs: `input` is the worker's own, and so is `output`; of the documented vLLM worker both are read, of others a
 * prompt and a text. A job is waited for (`runsync`), polled (`status`) or fetched in pieces (`stream`).
 *
 * @see https://docs.runpod.io/serverless/endpoints/operation-reference, https://docs.runpod.io/serverless/vllm/vllm-requests
 *   and the vendor's Python client (read 2026-11-21)
 */
import type { ModelError, ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import { onSameHost, toPendingWork } from "./address.ts";
import type { Dialect, RequestView, ResponseContext } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { asCount, asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { asRecords, compact, sumCounts } from "./json_value.ts";
import { decodeOpenAiMessages } from "./openai_message.ts";
import { decodeParameters } from "./openai_options.ts";

const RUN_PATH = /^(.*\/v2\/[^/]+)\/(?:run|runsync)$/;

const UNDER_WAY: ReadonlySet<unknown> = new Set(["IN_QUEUE", "IN_PROGRESS"]);
const FAILED: ReadonlySet<unknown> = new Set(["FAILED", "CANCELLED", "TIMED_OUT"]);

/** RunPod serverless jobs. */
export const runpodJob: Dialect = {
  id: "runpod_job",
  summary: "RunPod serverless jobs, waited for, polled or fetched in pieces",
  stability: "experimental",
  docsUrl: "https://docs.runpod.io/serverless/endpoints/operation-reference",
  matchHead: (head) => (head.method === "POST" && RUN_PATH.test(head.path) ? 0.6 : 0),
  matchBody: (json, head) => (RUN_PATH.test(head.path) && asRecord(json["input"]) !== undefined ? 0.75 : 0),
  matchAnswer: (json) =>
    typeof json?.["id"] === "string" && (UNDER_WAY.has(json["status"]) || FAILED.has(json["status"])) ? 0.7 : 0,
  requestType: () => "other",
  decodeRequest,
  createReader: (context) => createDocumentReader(context, readJob, { hasOwnErrors: true }),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const input = asRecord(asRecord(view.json)?.["input"]);
  if (input === undefined) return undefined;
  const asked = asRecord(input["openai_input"]) ?? input;
  const prompt = asText(asked["prompt"]);
  const messages = decodeOpenAiMessages(asRecords(asked["messages"]));
  return compact<ModelRequest>({
    requestType: messages.length > 0 ? "chat" : "other",
    model: asFilledText(asked["model"]),
    isStreaming: asked["stream"] === true,
    messages: messages.length === 0 && prompt !== undefined ? [{ role: "user", content: prompt }] : messages,
    messageCount: messages.length > 0 ? messages.filter(({ role }) => role !== "system").length : undefined,
    tools: [],
    parameters: decodeParameters(asRecord(asked["sampling_params"]) ?? asked),
  });
}

function readJob(json: JsonRecord, context: ResponseContext): Partial<ModelResponse> {
  const requestId = asFilledText(json["id"]);
  const said = readPieces(json, context);
  if (UNDER_WAY.has(json["status"])) {
    const pending = toPendingWork(context, ...findOutcomes(context, requestId));
    return compact<Partial<ModelResponse>>({ requestId, isAccepted: true, pending, choices: toChoices(said.text) });
  }
  return compact<Partial<ModelResponse>>({
    requestId,
    choices: toChoices(said.text),
    usage: said.usage,
    error: readFailure(json),
  });
}

/** A job's state, and its pieces so far, have addresses that only their paths name. */
function findOutcomes({ head }: ResponseContext, id: string | undefined): readonly (string | undefined)[] {
  const endpoint = RUN_PATH.exec(head.path)?.[1];
  if (endpoint === undefined || id === undefined) return [];
  return [onSameHost(head, `${endpoint}/status/${id}`), onSameHost(head, `${endpoint}/stream/${id}`)];
}

interface Said {
  readonly text?: string | undefined;
  readonly usage?: Usage | undefined;
}

/** `output` is the whole; `stream` only what is new since it was last fetched. */
function readPieces(json: JsonRecord, { earlier }: ResponseContext): Said {
  const known = earlier?.choices[0]?.message.content;
  if (!Array.isArray(json["stream"])) {
    const whole = readOutput(json["output"]);
    return { text: whole.text ?? known, usage: whole.usage };
  }
  const pieces = asRecords(json["stream"]).map((piece) => readOutput(piece["output"]));
  const texts = pieces.flatMap(({ text }) => text === undefined ? [] : [text]);
  const text = texts.length === 0 ? known : (known ?? "") + texts.join("");
  return { text, usage: pieces.findLast(({ usage }) => usage !== undefined)?.usage };
}

function readOutput(output: unknown): Said {
  if (typeof output === "string") return { text: output };
  const parts = Array.isArray(output) ? output : [output];
  if (parts.length > 0 && parts.every((part) => typeof part === "string")) return { text: parts.join("") };
  const answers = parts.map(asRecord).filter((part) => part !== undefined && Array.isArray(part["choices"]));
  const texts = answers.flatMap((answer) => readChoice(asRecords(answer?.["choices"])[0]) ?? []);
  return {
    text: texts.length === 0 ? undefined : texts.join(""),
    usage: readUsage(asRecord(answers.at(-1)?.["usage"])),
  };
}

/** The worker's own form has `tokens`, its OpenAI form `message` or `text`. */
function readChoice(choice: JsonRecord | undefined): string | undefined {
  const tokens = asList(choice?.["tokens"]).filter((token) => typeof token === "string");
  return tokens.length > 0
    ? tokens.join("")
    : asText(asRecord(choice?.["message"])?.["content"]) ?? asText(choice?.["text"]);
}

function readUsage(usage: JsonRecord | undefined): Usage | undefined {
  const inputTokens = asCount(usage?.["input"]) ?? asCount(usage?.["prompt_tokens"]);
  const outputTokens = asCount(usage?.["output"]) ?? asCount(usage?.["completion_tokens"]);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const isWhole = inputTokens !== undefined && outputTokens !== undefined;
  return compact<Usage>({
    inputTokens,
    outputTokens,
    totalTokens: isWhole ? sumCounts(inputTokens, outputTokens) : undefined,
  });
}

function toChoices(text: string | undefined): ModelResponse["choices"] | undefined {
  return text === undefined ? undefined : [{ index: 0, message: { role: "assistant", content: text } }];
}

function readFailure(json: JsonRecord): ModelError | undefined {
  const message = asFilledText(json["error"]);
  if (!FAILED.has(json["status"])) return message === undefined ? undefined : { message };
  return compact<ModelError>({ type: asText(json["status"]), message });
}
