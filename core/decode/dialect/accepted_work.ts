/**
 * Media vendors that take work on and let clients ask for it: the addresses they document, and what the bodies have in common (a
 * word for the state, outputs, a reason for failure). Each path is some vendor's own; vendors that name the address in the answer
 * need no row.
 *
 * @see the vendors' own clients and pages: https://docs.dev.runwayml.com/api, https://docs.lumalabs.ai, https://docs.bfl.ml,
 * https://platform.stability.ai/docs/api-reference, https://docs.leonardo.ai, https://app.klingai.com/global/dev,
 * https://platform.minimax.io/docs/api-reference, https://www.assemblyai.com/docs, https://docs.gladia.io,
 * https://docs.z.ai/api-reference, https://developers.openai.com/api/reference/resources/videos,
 * https://docs.together.ai/reference (read 2026-11-21)
 */
import type { ModelError, ModelResponse, PendingWork } from "../../model/model_call.ts";
import { onSameHost, toAddress, toPendingWork } from "./address.ts";
import type { RequestHead, ResponseContext } from "./dialect.ts";
import { asFilledText, asRecord, type JsonRecord } from "./json_access.ts";
import { compact } from "./json_value.ts";

/** Where the outcome of work asked for on a path can be read; `ID` stands for the id in the answer, `$n` for a group of the path. */
const ROUTES: readonly (readonly [asked: RegExp, ...outcomes: string[]])[] = [
  // Runway
  [
    /^\/v1\/(?:image_to_video|text_to_video|video_to_video|text_to_image|video_upscale|image_upscale|character_performance|sound_effect|speech_to_speech|text_to_speech|voice_dubbing|voice_isolation|video_to_audio|video_to_hdr|avatar_videos)$/,
    "/v1/tasks/ID",
  ],
  // Luma
  [/^(\/dream-machine\/v1\/generations)(?:\/.*)?$/, "$1/ID"],
  // Black Forest Labs
  [/^\/v1\/flux[\w.-]*$/, "/v1/get_result?id=ID"],
  // Stability
  [/^(\/v2beta\/(?:image-to-video|stable-image\/upscale\/creative))$/, "$1/result/ID", "/v2beta/results/ID"],
  [/^\/v2beta\/.+$/, "/v2beta/results/ID"],
  // Leonardo
  [/^(\/api\/rest\/v\d\/generations)$/, "$1/ID"],
  // Kling
  [/^(\/v1\/(?:videos|images)\/[\w-]+)$/, "$1/ID"],
  // MiniMax
  [/^\/v1\/video_generation$/, "/v1/query/video_generation?task_id=ID"],
  [/^\/v2\/video_generation$/, "/v2/query/video_generation/ID"],
  // Z.AI and Zhipu
  [/^(\/api\/paas\/v4)\/videos\/generations$/, "$1/async-result/ID"],
  // OpenAI, Together and those who speak their format
  [/^(.*\/v[12]\/videos)(?:\/[^/]+\/remix|\/edits|\/extensions)?$/, "$1/ID"],
  // AssemblyAI, Gladia
  [/^(\/v2\/(?:transcript|pre-recorded))$/, "$1/ID"],
];

const UNDER_WAY: ReadonlySet<string> = new Set(
  "created queued queueing in_queue pending preparing submitted starting processing in_progress in-progress running throttled dreaming"
    .split(" ")
    // Asked at another of the vendor's places, or too early.
    .concat("task not found"),
);
const FAILED: ReadonlySet<string> = new Set(
  "failed fail failure error canceled cancelled rejected expired timed_out".split(" ")
    .concat("request moderated", "content moderated"),
);

/** What an answer says of the work: that it is under way, that it failed, or what came of it. Undefined when it says nothing of work. */
export function readWork(json: JsonRecord, context: ResponseContext): Partial<ModelResponse> | undefined {
  const body = unwrap(json);
  const id = readId(body);
  const state = readState(body);
  const isFirst = context.earlier === undefined;
  const hasOutput = countOutputs(body) !== undefined || asFilledText(body["text"]) !== undefined;
  const failure = readFailure(json, body, state);
  const isUnderWay = failure === undefined && (UNDER_WAY.has(state ?? "") || (state === undefined && !hasOutput));
  if (!isUnderWay) {
    return isFirst && state === undefined && failure === undefined ? undefined : compact<Partial<ModelResponse>>({
      requestId: id,
      outputCount: failure === undefined ? countOutputs(body) : undefined,
      error: failure,
    });
  }
  const pending = toPending(json, body, id, context);
  return pending === undefined
    ? undefined
    : compact<Partial<ModelResponse>>({ requestId: id, isAccepted: true, pending });
}

/** Some vendors wrap what they say. */
function unwrap(json: JsonRecord): JsonRecord {
  return asRecord(json["data"]) ?? asRecord(json["sdGenerationJob"]) ?? asRecord(json["generations_by_pk"]) ??
    asRecord(json["task"]) ?? json;
}

function readId(body: JsonRecord): string | undefined {
  return asFilledText(body["id"]) ?? asFilledText(body["task_id"]) ?? asFilledText(body["generationId"]);
}

function readState(body: JsonRecord): string | undefined {
  return (asFilledText(body["status"]) ?? asFilledText(body["state"]) ?? asFilledText(body["task_status"]))
    ?.toLowerCase();
}

function toPending(
  json: JsonRecord,
  body: JsonRecord,
  id: string | undefined,
  context: ResponseContext,
): PendingWork | undefined {
  if (context.earlier !== undefined) return toPendingWork(context);
  return toPendingWork(
    context,
    toAddress(body["polling_url"]),
    toAddress(json["result_url"]),
    ...findOutcomes(context.head, id),
  );
}

function findOutcomes(head: RequestHead, id: string | undefined): readonly (string | undefined)[] {
  if (id === undefined || !/^[\w.:-]+$/.test(id)) return [];
  const [asked, ...outcomes] = ROUTES.find(([asked]) => asked.test(head.path)) ?? [];
  if (asked === undefined) return [];
  return outcomes.map((outcome) => onSameHost(head, head.path.replace(asked, outcome).replace("ID", id)));
}

/** Pictures, videos and files made, wherever a vendor lists them. */
function countOutputs(body: JsonRecord): number | undefined {
  const result = asRecord(body["task_result"]) ?? asRecord(body["assets"]) ?? asRecord(body["result"]) ??
    asRecord(body["content"]) ?? asRecord(body["outputs"]) ?? body;
  for (const name of ["output", "videos", "images", "generated_images", "video_result", "image_result"]) {
    const listed = result[name];
    if (Array.isArray(listed)) return listed.length > 0 ? listed.length : undefined;
  }
  const files = ["video", "image", "sample", "url", "video_url", "file_id"].filter((name) => hasFile(result[name]));
  if (files.length > 0) return files.length;
  return body["object"] === "video" && body["status"] === "completed" ? 1 : undefined;
}

function hasFile(value: unknown): boolean {
  return typeof value === "string" ? value !== "" : asRecord(value) !== undefined;
}

function readFailure(json: JsonRecord, body: JsonRecord, state: string | undefined): ModelError | undefined {
  const base = asRecord(json["base_resp"]);
  const code = base?.["status_code"];
  if (typeof code === "number" && code !== 0) {
    return compact<ModelError>({ code: String(code), message: asFilledText(base?.["status_msg"]) });
  }
  if (state === undefined || !FAILED.has(state)) return undefined;
  const error = asRecord(body["error"]);
  const message = asFilledText(error?.["message"]) ?? asFilledText(body["error"]) ?? asFilledText(body["failure"]) ??
    asFilledText(body["failure_reason"]) ?? asFilledText(body["task_status_msg"]);
  return compact<ModelError>({
    type: state,
    code: asFilledText(error?.["code"]) ?? asFilledText(body["failureCode"]),
    message,
  });
}
