/** What a request to a model on Hugging Face asks: the model and its task from the path, texts, sound or pictures from the body. */
import type { Message, ModelRequest, RequestType } from "../../model/model_call.ts";
import type { RequestHead, RequestView } from "./dialect.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";

/** A model by its name, as Hugging Face's own inference serves it, and the task where the path names one. */
const MODEL_PATHS: readonly RegExp[] = [
  /\/models\/(?<model>[^/:]+\/[^/:]+)(?:\/pipeline\/(?<task>[\w-]+))?$/,
  // Without an owner the name is one of Hugging Face's own paths only.
  /^(?:\/hf-inference)?\/models\/(?<model>[^/:]+)(?:\/pipeline\/(?<task>[\w-]+))?$/,
  /^\/pipeline\/(?<task>[\w-]+)\/(?<model>[^/:]+(?:\/[^/:]+)?)$/,
];

/** What kind of call a task is; the others are none of the list. */
const KIND_OF_TASK: ReadonlyMap<string, RequestType> = new Map([
  ["feature-extraction", "embedding"],
  ["text-generation", "completion"],
  ["text2text-generation", "completion"],
  ["conversational", "chat"],
  ["text-to-image", "image"],
  ["image-to-image", "image"],
  ["text-to-speech", "audio"],
  ["text-to-audio", "audio"],
  ["audio-to-audio", "audio"],
  ["automatic-speech-recognition", "audio"],
]);

/** Texts that a question is made of, where the input is no text alone. */
const INPUT_TEXTS = ["text", "question", "context", "source_sentence"] as const;

/** Settings that only generation of text has. */
const TEXT_SETTINGS = ["max_new_tokens", "return_full_text", "do_sample", "top_k", "top_p"] as const;

/** A model by its name, and its task. */
export interface NamedModel {
  readonly model: string;
  readonly task?: string;
}

/** The model that a path names, and the task where it names that too. */
export function findModel(path: string): NamedModel | undefined {
  for (const pattern of MODEL_PATHS) {
    const { model, task } = pattern.exec(path)?.groups ?? {};
    if (model !== undefined) return { model, ...(task !== undefined && { task }) };
  }
  return undefined;
}

/** Gives the kind of a call. A model that is named by the path alone may make text, pictures or numbers: only what tells is said. */
export function findType(head: RequestHead, json: JsonRecord | undefined): RequestType {
  const found = findModel(head.path);
  if (found === undefined) return "completion";
  const known = KIND_OF_TASK.get(found.task ?? "");
  if (known !== undefined) return known;
  if (isConversation(json)) return "chat";
  const settings = asRecord(json?.["parameters"]);
  if (TEXT_SETTINGS.some((name) => settings?.[name] !== undefined)) return "completion";
  return contentTypeOf(head).startsWith("audio/") ? "audio" : "other";
}

/** The older form of a conversation: what was said before beside what is said now. */
function isConversation(json: JsonRecord | undefined): boolean {
  const inputs = asRecord(json?.["inputs"]);
  return inputs !== undefined && Array.isArray(inputs["past_user_inputs"]) && asText(inputs["text"]) !== undefined;
}

function contentTypeOf(head: RequestHead): string {
  return head.headers.get("content-type")?.toLowerCase() ?? "";
}

/** Decodes a request; undefined when nothing in it is an input. */
export function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  const named = findModel(view.path);
  const inputs = json?.["inputs"];
  const messages = json === undefined ? readBytes(view) : readInputs(inputs);
  if (messages === undefined) return undefined;
  const settings = asRecord(json?.["parameters"]);
  const requestType = findType(view, json);
  const isEmbedding = requestType === "embedding";
  return compact<ModelRequest>({
    requestType,
    model: named?.model,
    inputCount: isEmbedding ? (Array.isArray(inputs) ? inputs.length : 1) : undefined,
    messageCount: requestType === "chat" ? messages.length : undefined,
    isStreaming: json?.["stream"] === true || hasPathEnd(view.path, "generate_stream"),
    messages: isEmbedding ? [] : messages,
    tools: [],
    parameters: compact<Record<string, unknown>>({
      temperature: settings?.["temperature"] ?? undefined,
      top_p: settings?.["top_p"] ?? undefined,
      top_k: settings?.["top_k"] ?? undefined,
      max_tokens: settings?.["max_new_tokens"] ?? undefined,
      stop: settings?.["stop"] ?? undefined,
      seed: settings?.["seed"] ?? undefined,
    }),
  });
}

/** Sound and pictures are sent as they are, without JSON around them. */
function readBytes(head: RequestHead): Message[] | undefined {
  if (findModel(head.path) === undefined) return undefined;
  const type = contentTypeOf(head);
  if (type.startsWith("audio/")) return [{ role: "user", audioCount: 1 }];
  return type.startsWith("image/") ? [{ role: "user", imageCount: 1 }] : undefined;
}

/** Undefined when there is no input. Of several texts none is said: they are several questions. */
function readInputs(inputs: unknown): Message[] | undefined {
  const text = asText(inputs);
  if (text !== undefined) return [{ role: "user", content: text }];
  if (Array.isArray(inputs)) return [];
  const parts = asRecord(inputs);
  if (parts === undefined) return undefined;
  const texts = INPUT_TEXTS.flatMap((name) => asFilledText(parts[name]) ?? []);
  const now: Message[] = texts.length === 0 ? [] : [{ role: "user", content: texts.join("\n") }];
  return [...readPast(parts), ...now];
}

/** What user and model said before, in turn. */
function readPast(parts: JsonRecord): Message[] {
  const asked = asList(parts["past_user_inputs"]);
  const given = asList(parts["generated_responses"]);
  return asked.flatMap((content, turn): Message[] => [
    ...toMessage("user", content),
    ...toMessage("assistant", given[turn]),
  ]);
}

function toMessage(role: string, content: unknown): Message[] {
  return typeof content === "string" ? [{ role, content }] : [];
}
