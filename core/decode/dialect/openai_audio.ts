/**
 * Speech, transcription and translation. Text to be spoken is a user message; sound is counted, never kept.
 *
 * @see https://platform.openai.com/docs/api-reference/audio (read 2026-11-21)
 */
import type { ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { Usage } from "../../model/usage.ts";
import type { Dialect, RequestView, ResponseContext } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { readFormFields } from "./form_fields.ts";
import { asCount, asFilledText, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { decodeOpenAiUsage } from "./openai_usage.ts";
import { hasPathEnd } from "./path_end.ts";

const PATH_ENDS: readonly string[] = ["audio/speech", "audio/transcriptions", "audio/translations"];
const PARAMETERS: readonly string[] = ["voice", "speed", "response_format", "language", "temperature", "stream_format"];

/** Audio in OpenAI's format. */
export const openaiAudio: Dialect = {
  id: "openai_audio",
  summary: "Speech, transcription and translation in OpenAI's format",
  stability: "stable",
  docsUrl: "https://platform.openai.com/docs/api-reference/audio",
  matchHead: (head) => (head.method === "POST" && PATH_ENDS.some((end) => hasPathEnd(head.path, end)) ? 0.9 : 0),
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "audio",
  decodeRequest,
  createReader: (context) => createDocumentReader(context, readAudio, { isLast, readText }),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const fields = readFormFields(view);
  if (fields === undefined) return undefined;
  const input = asText(fields["input"]) ?? asText(fields["prompt"]);
  const parameters: Record<string, unknown> = {};
  for (const name of PARAMETERS) {
    if (fields[name] !== undefined && fields[name] !== null) parameters[name] = fields[name];
  }
  return compact<ModelRequest>({
    requestType: "audio",
    model: asText(fields["model"]),
    isStreaming: fields["stream"] === true || fields["stream"] === "true" || fields["stream_format"] === "sse",
    messages: input === undefined ? [] : [{ role: "user", content: input }],
    tools: [],
    parameters,
  });
}

/** A transcript is the answer's text; in streams the last event carries it whole. */
function readAudio(json: JsonRecord, { quirks, response }: ResponseContext): Partial<ModelResponse> {
  const type = asText(json["type"]);
  const text = type === undefined || type.endsWith(".done") ? asText(json["text"]) : undefined;
  return compact<Partial<ModelResponse>>({
    model: asFilledText(json["model"]) ?? asFilledText(response.headers.get("openai-model")),
    choices: text === undefined ? undefined : [{ index: 0, message: { role: "assistant", content: text } }],
    usage: readUsage(json["usage"], quirks),
  });
}

/** With `response_format` text, srt or vtt the body is the transcript. */
function readText(text: string): Partial<ModelResponse> {
  return { choices: [{ index: 0, message: { role: "assistant", content: text } }] };
}

/** Events have a type; those of a transcript and of speech end alike. */
function isLast(json: JsonRecord): boolean | undefined {
  const type = asText(json["type"]);
  return type?.includes(".") ? type.endsWith(".done") : undefined;
}

/** Usage by duration carries no tokens: it gives nothing here. */
function readUsage(value: unknown, quirks: readonly string[]): Usage | undefined {
  const usage = asRecord(value);
  if (usage === undefined || usage["type"] === "duration") return undefined;
  const read = decodeOpenAiUsage(usage, quirks);
  const audio = asCount(asRecord(usage["input_token_details"])?.["audio_tokens"]);
  if (read !== undefined && audio) read.inputAudioTokens = audio;
  return read;
}
