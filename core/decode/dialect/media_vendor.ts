/**
 * Voice and image vendors whose formats are their own: what is common to them is read (model, prompt, status, error, what came of work
 * that was taken on), sound and pictures are never kept. Their paths are matched weakly, so that only a host whose provider row lists the format decides.
 *
 * @see https://elevenlabs.io/docs/api-reference, https://developers.deepgram.com/reference, https://platform.stability.ai/docs/api-reference (read 2026-11-21)
 */
import type { ModelRequest, ModelResponse, RequestType } from "../../model/model_call.ts";
import { readWork } from "./accepted_work.ts";
import type { Dialect, RequestHead, RequestView, ResponseContext } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { readFormFields } from "./form_fields.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";
import { decodeOpenAiError } from "./openai_error.ts";

/** Enough on a host that lists the format, too little anywhere else. */
const ONLY_WITH_HOST = 0.3;

const AUDIO_PATH =
  /\/(?:text-to-speech|speech-to-text|speech-to-speech|listen|speak|transcript|tts|stt|synthesize|voice\/generate|pre-recorded|jobs)(?:\/|$)/;

const IMAGE_PATH =
  /\/(?:stable-image|generation|generations|generate|edit|image_to_video|image-to-video|text_to_video|text_to_image|video_to_video|(?:video|image)_upscale|character_performance|video_to_hdr|avatar_videos|flux[\w.-]*|prompt|txt2img|img2img|videos|images)(?:\/|$)/;

const VIDEO_PATH =
  /\/v[12]\/videos(?:\/[^/]+\/remix|\/edits|\/extensions)?$|\/paas\/v4\/videos\/generations$|\/v[12]\/video_generation$/;

/** Vendors whose paths are their models'. */
const MODEL_IN_PATH = /^\/v1\/(flux[\w.-]*)$/;

const MODEL_IN_QUERY = /(?:^|&)model(?:_id)?=([^&]+)/;

/** Voice vendors. */
export const audioVendor: Dialect = createMediaVendor({
  id: "audio_vendor",
  summary: "Speech and transcription in voice vendors' own formats: model, text, status",
  requestType: "audio",
  path: AUDIO_PATH,
  docsUrl: "https://elevenlabs.io/docs/api-reference",
});

/** Image and video vendors. */
export const imageVendor: Dialect = createMediaVendor({
  id: "image_vendor",
  summary: "Pictures and video in vendors' own formats: model, prompt, status",
  requestType: "image",
  path: IMAGE_PATH,
  docsUrl: "https://platform.stability.ai/docs/api-reference",
});

/** Vendors of models that make videos as well: OpenAI's format, and those of others that are alike. */
export const openaiVideos: Dialect = {
  ...createMediaVendor({
    id: "openai_videos",
    summary: "Videos in OpenAI's format, and in those of Together, Z.AI, Zhipu and MiniMax",
    requestType: "image",
    path: VIDEO_PATH,
    docsUrl: "https://developers.openai.com/api/reference/resources/videos",
  }),
  matchAnswer: (json) =>
    json?.["object"] === "video" && typeof json["status"] === "string" && typeof json["model"] === "string" ? 0.85 : 0,
};

interface MediaVendorOptions {
  readonly id: string;
  readonly summary: string;
  readonly requestType: RequestType;
  readonly path: RegExp;
  readonly docsUrl: string;
}

function createMediaVendor(options: MediaVendorOptions): Dialect {
  const { id, summary, docsUrl, requestType, path } = options;
  return {
    id,
    summary,
    stability: "experimental",
    docsUrl,
    matchHead: (head) => (head.method === "POST" && path.test(head.path) ? ONLY_WITH_HOST : 0),
    matchBody: () => 0,
    matchAnswer: () => 0,
    requestType: () => requestType,
    decodeRequest: (view) => decodeRequest(view, requestType),
    createReader: (context) => createDocumentReader(context, readAnswer, { hasOwnErrors: true }),
  };
}

function decodeRequest(view: RequestView, requestType: RequestType): ModelRequest {
  const fields = readFormFields(view);
  const text = asText(fields?.["text"]) ?? asText(fields?.["prompt"]) ?? asText(fields?.["input"]) ??
    asText(fields?.["transcript"]) ?? asText(fields?.["promptText"]);
  return compact<ModelRequest>({
    requestType,
    model: readModel(fields, view),
    isStreaming: view.path.endsWith("/stream"),
    messages: text === undefined ? [] : [{ role: "user", content: text }],
    tools: [],
    parameters: {},
  });
}

function readModel(fields: JsonRecord | undefined, head: RequestHead): string | undefined {
  const named = asFilledText(fields?.["model"]) ?? asFilledText(fields?.["model_id"]) ??
    asFilledText(fields?.["speech_model"]) ?? asFilledText(fields?.["model_name"]) ??
    asFilledText(fields?.["modelId"]) ?? MODEL_IN_PATH.exec(head.path)?.[1];
  if (named !== undefined) return named;
  const inQuery = MODEL_IN_QUERY.exec(head.query)?.[1];
  return inQuery === undefined || inQuery.includes("%") ? undefined : inQuery;
}

function readAnswer(json: JsonRecord, context: ResponseContext): Partial<ModelResponse> {
  const work = readWork(json, context);
  if (work?.pending !== undefined) return work;
  const error = work?.error ?? decodeOpenAiError(json);
  if (error !== undefined) return { ...work, error };
  const text = readText(json);
  const outputs = Array.isArray(json["images"]) ? json["images"] : json["artifacts"];
  return compact<Partial<ModelResponse>>({
    requestId: asFilledText(json["id"]) ?? asFilledText(json["request_id"]) ??
      asFilledText(asRecord(json["metadata"])?.["request_id"]) ?? work?.requestId,
    model: context.earlier === undefined
      ? undefined
      : asFilledText(json["model"]) ?? asFilledText(json["speech_model_used"]),
    choices: text === undefined ? undefined : [{ index: 0, message: { role: "assistant", content: text } }],
    outputCount: Array.isArray(outputs) ? outputs.length : work?.outputCount,
  });
}

function readText(json: JsonRecord): string | undefined {
  const channel = asRecord(asList(asRecord(json["results"])?.["channels"])[0]);
  const transcription = asRecord(asRecord(json["result"])?.["transcription"]);
  return asText(json["text"]) ?? asText(transcription?.["full_transcript"]) ??
    asText(asRecord(asList(channel?.["alternatives"])[0])?.["transcript"]);
}
