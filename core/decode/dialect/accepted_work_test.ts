import assert from "node:assert/strict";
import type { Dialect } from "./dialect.ts";
import { readAnswer } from "./dialect_testing.ts";
import { audioVendor, imageVendor, openaiVideos } from "./media_vendor.ts";

const EARLIER = { choices: [] };

interface Job {
  readonly dialect: Dialect;
  readonly path: string;
  readonly taken: unknown;
  readonly addresses: readonly string[];
  readonly running: unknown;
  readonly done: unknown;
  readonly outputs?: number;
  readonly text?: string;
  readonly failed: unknown;
  readonly message: string;
}

/** What vendors document, as far as it is read. */
const JOBS: Readonly<Record<string, Job>> = {
  runway: {
    dialect: imageVendor,
    path: "/v1/text_to_image",
    taken: { id: "j1" },
    addresses: ["h/v1/tasks/j1"],
    running: { id: "j1", status: "THROTTLED" },
    done: { id: "j1", status: "SUCCEEDED", output: ["https://a", "https://b"] },
    outputs: 2,
    failed: { id: "j1", status: "FAILED", failure: "bad", failureCode: "SAFETY.INPUT" },
    message: "bad",
  },
  luma: {
    dialect: imageVendor,
    path: "/dream-machine/v1/generations/video",
    taken: { id: "j1", state: "queued", assets: null },
    addresses: ["h/dream-machine/v1/generations/j1"],
    running: { id: "j1", state: "dreaming", assets: null },
    done: { id: "j1", state: "completed", assets: { video: "https://a" } },
    outputs: 1,
    failed: { id: "j1", state: "failed", failure_reason: "bad" },
    message: "bad",
  },
  bfl: {
    dialect: imageVendor,
    path: "/v1/flux-pro-1.1",
    taken: { id: "j1", polling_url: "https://api.us1.bfl.ai/v1/get_result?id=j1" },
    addresses: ["api.us1.bfl.ai/v1/get_result?id=j1", "h/v1/get_result?id=j1"],
    running: { id: "j1", status: "Pending", result: null },
    done: { id: "j1", status: "Ready", result: { sample: "https://a" } },
    outputs: 1,
    failed: { id: "j1", status: "Error", error: "bad" },
    message: "bad",
  },
  leonardo: {
    dialect: imageVendor,
    path: "/api/rest/v1/generations",
    taken: { sdGenerationJob: { generationId: "j1", apiCreditCost: 7 } },
    addresses: ["h/api/rest/v1/generations/j1"],
    running: { generations_by_pk: { id: "j1", status: "PENDING", generated_images: [] } },
    done: { generations_by_pk: { id: "j1", status: "COMPLETE", generated_images: [{}, {}, {}] } },
    outputs: 3,
    failed: { generations_by_pk: { id: "j1", status: "FAILED", error: "bad" } },
    message: "bad",
  },
  kling: {
    dialect: imageVendor,
    path: "/v1/videos/text2video",
    taken: { code: 0, data: { task_id: "j1", task_status: "submitted" } },
    addresses: ["h/v1/videos/text2video/j1"],
    running: { code: 0, data: { task_id: "j1", task_status: "processing" } },
    done: { code: 0, data: { task_id: "j1", task_status: "succeed", task_result: { videos: [{ url: "https://a" }] } } },
    outputs: 1,
    failed: { code: 0, data: { task_id: "j1", task_status: "failed", task_status_msg: "bad" } },
    message: "bad",
  },
  stability: {
    dialect: imageVendor,
    path: "/v2beta/image-to-video",
    taken: { id: "j1" },
    addresses: ["h/v2beta/image-to-video/result/j1", "h/v2beta/results/j1"],
    running: { id: "j1", status: "in-progress" },
    done: { video: "AAAA", finish_reason: "SUCCESS", seed: 1 },
    outputs: 1,
    failed: { id: "j1", status: "failed", error: "bad" },
    message: "bad",
  },
  minimax: {
    dialect: openaiVideos,
    path: "/v1/video_generation",
    taken: { task_id: "j1", base_resp: { status_code: 0, status_msg: "success" } },
    addresses: ["h/v1/query/video_generation?task_id=j1"],
    running: { task_id: "j1", status: "Preparing", file_id: "", base_resp: { status_code: 0 } },
    done: { task_id: "j1", status: "Success", file_id: "9", base_resp: { status_code: 0 } },
    outputs: 1,
    failed: { task_id: "j1", status: "Fail", base_resp: { status_code: 1027, status_msg: "bad" } },
    message: "bad",
  },
  zai: {
    dialect: openaiVideos,
    path: "/api/paas/v4/videos/generations",
    taken: { id: "j1", task_status: "PROCESSING", model: "cogvideox-3", request_id: "r" },
    addresses: ["h/api/paas/v4/async-result/j1"],
    running: { task_status: "PROCESSING", model: "cogvideox-3" },
    done: { task_status: "SUCCESS", model: "cogvideox-3", video_result: [{ url: "https://a" }] },
    outputs: 1,
    failed: { task_status: "FAIL", error: { code: "1", message: "bad" } },
    message: "bad",
  },
  openai: {
    dialect: openaiVideos,
    path: "/v1/videos",
    taken: { id: "j1", object: "video", model: "sora-2", status: "queued", progress: 0 },
    addresses: ["h/v1/videos/j1"],
    running: { id: "j1", object: "video", model: "sora-2", status: "in_progress", progress: 40 },
    done: { id: "j1", object: "video", model: "sora-2", status: "completed", progress: 100 },
    outputs: 1,
    failed: { id: "j1", object: "video", model: "sora-2", status: "failed", error: { code: "c", message: "bad" } },
    message: "bad",
  },
  together: {
    dialect: openaiVideos,
    path: "/v2/videos",
    taken: { id: "j1", model: "m", status: "in_progress" },
    addresses: ["h/v2/videos/j1"],
    running: { id: "j1", model: "m", status: "in_progress" },
    done: { id: "j1", model: "m", status: "completed", outputs: { cost: 1, video_url: "https://a" } },
    outputs: 1,
    failed: { id: "j1", model: "m", status: "failed", error: { message: "bad" } },
    message: "bad",
  },
  assemblyai: {
    dialect: audioVendor,
    path: "/v2/transcript",
    taken: { id: "j1", status: "queued", text: null },
    addresses: ["h/v2/transcript/j1"],
    running: { id: "j1", status: "processing", text: null },
    done: { id: "j1", status: "completed", text: "hello", speech_model_used: "best" },
    text: "hello",
    failed: { id: "j1", status: "error", error: "bad" },
    message: "bad",
  },
  gladia: {
    dialect: audioVendor,
    path: "/v2/pre-recorded",
    taken: { id: "j1", result_url: "https://h/v2/pre-recorded/j1" },
    addresses: ["h/v2/pre-recorded/j1", "h/v2/pre-recorded/j1"],
    running: { id: "j1", status: "queued", result: null },
    done: { id: "j1", status: "done", result: { transcription: { full_transcript: "hello" } } },
    text: "hello",
    failed: { id: "j1", status: "error", error_code: 500, error: "bad" },
    message: "bad",
  },
};

for (const [vendor, job] of Object.entries(JOBS)) {
  Deno.test(`work ${vendor} took on names its address, goes on, and ends with its outcome`, () => {
    const { dialect, path } = job;
    const head = { method: "POST", path, query: "", headers: new Map<string, string>() };
    assert.ok(dialect.matchHead(head) > 0, path);
    const read = (json: unknown, earlier?: typeof EARLIER) =>
      readAnswer(dialect, [{ json }], { path, host: "h", ...(earlier !== undefined && { earlier }) }).answer;
    const taken = read(job.taken);
    assert.deepEqual([taken.isAccepted, taken.pending, taken.requestId], [true, { addresses: job.addresses }, "j1"]);
    assert.deepEqual(read(job.running, EARLIER).pending, { addresses: [] });
    const done = read(job.done, EARLIER);
    assert.deepEqual([done.pending, done.error, done.outputCount], [undefined, undefined, job.outputs]);
    assert.equal(done.choices[0]?.message.content, job.text);
    const failed = read(job.failed, EARLIER);
    assert.deepEqual([failed.pending, failed.error?.message, failed.outputCount], [undefined, job.message, undefined]);
  });
}

Deno.test("an answer that names no work, or no address, is as it was", () => {
  const path = "/v1/text-to-speech/x";
  assert.deepEqual(readAnswer(audioVendor, [{ json: { audio_base64: "A" } }], { path, host: "h" }).answer, {
    choices: [],
  });
  const unknown = readAnswer(imageVendor, [{ json: { id: "j1", status: "queued" } }], {
    path: "/other/edit",
    host: "h",
  });
  assert.deepEqual(unknown.answer, { choices: [], requestId: "j1" });
  const noHost = readAnswer(imageVendor, [{ json: { id: "j1" } }], { path: "/v1/text_to_image" });
  assert.equal(noHost.answer.pending, undefined);
  const odd = readAnswer(imageVendor, [{ json: { id: "../x?y" } }], { path: "/v1/text_to_image", host: "h" });
  assert.equal(odd.answer.pending, undefined, "an id that is no part of a path makes no address");
});

Deno.test("a refused request for work is an error", () => {
  const options = { path: "/v1/video_generation", host: "h" };
  const json = { task_id: "", base_resp: { status_code: 1008, status_msg: "insufficient balance" } };
  assert.deepEqual(readAnswer(openaiVideos, [{ json }], options).answer.error, {
    code: "1008",
    message: "insufficient balance",
  });
  const plain = readAnswer(imageVendor, [{ json: { error: "no" } }], { ...options, status: 400 });
  assert.equal(plain.answer.error?.message, "no");
});
