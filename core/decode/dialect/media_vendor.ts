/**
 * Voice and image vendors whose formats are their own: what is common to them is read (model, prompt, status, error), sound and
 * pictures are never kept. Their paths are matched weakly, so that only a host whose provider row lists the format decides.
 *
 * @see https://elevenlabs.io/docs/api-reference, https://developers.deepgram.com/reference, https://platform.stability.ai/docs/api-reference (read 2026-11-21)
 */
import type { ModelRequest, ModelResponse, RequestType } from "../../model/model_call.ts";
import type { Dialect, RequestHead, RequestView } from "./dialect.ts";
import { createDocumentReader } from "./document_reader.ts";
import { readFormFields } from "./form_fields.ts";
import { asFilledText, asList, asRecord, asText, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";

/** Enough on a host that lists the format, too little anywhere else. */
const ONLY_WITH_HOST = 0.3;

const AUDIO_PATH =
  /\/(?:text-to-speech|speech-to-text|speech-to-speech|listen|speak|transcript|tts|stt|synthesize|voice\/generate|pre-recorded|jobs)(?:\/|$)/;

const IMAGE_PATH =
  /\/(?:stable-image|generation|generations|generate|edit|image_to_video|text_to_video|flux[\w.-]*|prompt|txt2img|img2img|videos|images)(?:\/|$)/;

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
    createReader: (context) => createDocumentReader(context, readAnswer),
  };
}

function decodeRequest(view: RequestView, requestType: RequestType): ModelRequest {
  const fields = readFormFields(view);
  const text = asText(fields?.["text"]) ?? asText(fields?.["prompt"]) ?? asText(fields?.["input"]) ??
    asText(fields?.["transcript"]);
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
    asFilledText(fields?.["speech_model"]);
  if (named !== undefined) return named;
  const inQuery = MODEL_IN_QUERY.exec(head.query)?.[1];
  return inQuery === undefined || inQuery.includes("%") ? undefined : inQuery;
}

function readAnswer(json: JsonRecord): Partial<ModelResponse> {
  const results = asRecord(json["results"]);
  const channel = asRecord(asList(results?.["channels"])[0]);
  const text = asText(json["text"]) ?? asText(asRecord(asList(channel?.["alternatives"])[0])?.["transcript"]);
  const outputs = Array.isArray(json["images"]) ? json["images"] : json["artifacts"];
  return compact<Partial<ModelResponse>>({
    requestId: asFilledText(json["id"]) ?? asFilledText(json["request_id"]) ??
      asFilledText(asRecord(json["metadata"])?.["request_id"]),
    choices: text === undefined ? undefined : [{ index: 0, message: { role: "assistant", content: text } }],
    outputCount: Array.isArray(outputs) ? outputs.length : undefined,
  });
}
