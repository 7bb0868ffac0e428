import { alephAlpha } from "../../core/decode/dialect/aleph_alpha.ts";
import { amazonQ } from "../../core/decode/dialect/amazon_q.ts";
import { clarifai } from "../../core/decode/dialect/clarifai.ts";
import { cody } from "../../core/decode/dialect/cody.ts";
import type { Dialect } from "../../core/decode/dialect/dialect.ts";
import { fal } from "../../core/decode/dialect/fal.ts";
import { jetbrains } from "../../core/decode/dialect/jetbrains.ts";
import { manus } from "../../core/decode/dialect/manus.ts";
import { imageVendor } from "../../core/decode/dialect/media_vendor.ts";
import { nlpcloud } from "../../core/decode/dialect/nlpcloud.ts";
import { oci } from "../../core/decode/dialect/oci.ts";
import { replicate } from "../../core/decode/dialect/replicate.ts";
import { runpodJob } from "../../core/decode/dialect/runpod_job.ts";
import { zed } from "../../core/decode/dialect/zed.ts";

/** A call as the vendor documents it, to be damaged. */
export interface VendorCall {
  readonly dialect: Dialect;
  readonly path: string;
  readonly request: unknown;
  readonly answer: readonly { readonly name?: string; readonly json: unknown }[];
  /** Path and answer of a poll for work that was only taken on. */
  readonly poll?: { readonly path: string; readonly json: unknown };
}

const TOOL = { name: "f", description: "d", parameters: {} };
const URLS = { get: "https://a.example/v1/predictions/i", stream: "https://b.example/s/i" };
const CALL = { id: "t", type: "FUNCTION", name: "f", arguments: '{"a":1}' };
const PIECE = { output: { choices: [{ tokens: ["a"] }] }, metrics: {} };

/** One call a format, with every part that its reader looks into. */
export const VENDOR_CALLS: readonly VendorCall[] = [
  {
    dialect: replicate,
    path: "/v1/models/a/b/predictions",
    request: { input: { prompt: "p", system_prompt: "S", max_new_tokens: 4, image: "u" }, stream: true },
    answer: [{ json: { id: "i", model: "a/b", status: "starting", error: null, urls: URLS } }],
    poll: {
      path: "/v1/predictions/i",
      json: { id: "i", status: "succeeded", output: ["a", "b"], urls: URLS, metrics: { input_token_count: 1 } },
    },
  },
  {
    dialect: runpodJob,
    path: "/v2/a/run",
    request: { input: { messages: [{ role: "user", content: "Hi" }], sampling_params: { temperature: 1 } } },
    answer: [{ json: { id: "j", status: "IN_QUEUE" } }],
    poll: { path: "/v2/a/stream/j", json: { id: "j", status: "COMPLETED", stream: [PIECE], output: [PIECE.output] } },
  },
  {
    dialect: fal,
    path: "/fal-ai/flux",
    request: { prompt: "p", num_images: 2 },
    answer: [{ json: { status: "IN_QUEUE", request_id: "r", response_url: URLS.get, status_url: URLS.stream } }],
    poll: { path: "/fal-ai/flux/requests/r", json: { images: [{ url: "u" }], output: "o", detail: [{ msg: "m" }] } },
  },
  {
    dialect: imageVendor,
    path: "/v1/videos/text2video",
    request: { model_name: "m", prompt: "p" },
    answer: [{ json: { code: 0, data: { task_id: "j", task_status: "submitted" } } }],
    poll: {
      path: "/v1/videos/text2video/j",
      json: { code: 0, data: { task_id: "j", task_status: "succeed", task_result: { videos: [{ url: "u" }] } } },
    },
  },
  {
    dialect: nlpcloud,
    path: "/v1/gpu/async/m/summarization",
    request: { text: "p", input: "i", history: [{ input: "a", response: "b" }], sentences: ["s"] },
    answer: [{ json: { url: URLS.get, summary_text: "s", nb_input_tokens: 1 } }],
    poll: {
      path: "/v1/get-async-result/a",
      json: { http_code: 200, content: '{"summary_text":"S"}', created_on: "x" },
    },
  },
  {
    dialect: manus,
    path: "/v2/task.create",
    request: { message: { content: [{ type: "text", text: "Hi" }] }, agent_profile: "m", task_id: "t" },
    answer: [{ json: { ok: true, request_id: "r", task_id: "t", error: { code: "c", message: "m" } } }],
    poll: {
      path: "/v2/task.listMessages",
      json: {
        messages: [
          { type: "status_update", status_update: { agent_status: "error" } },
          { type: "error_message", error_message: { content: "e" } },
          { type: "assistant_message", assistant_message: { content: [{ type: "text", text: "a" }] } },
          { type: "user_message", user_message: { content: "Hi" } },
        ],
      },
    },
  },
  {
    dialect: oci,
    path: "/20231130/actions/chat",
    request: {
      servingMode: { servingType: "ON_DEMAND", modelId: "m" },
      chatRequest: {
        apiFormat: "GENERIC",
        messages: [
          { role: "USER", content: [{ type: "TEXT", text: "Hi" }, { type: "IMAGE", imageUrl: { url: "u" } }] },
          { role: "ASSISTANT", toolCalls: [CALL] },
          { role: "TOOL", toolCallId: "t", content: [{ type: "TEXT", text: "42" }] },
        ],
        tools: [{ type: "FUNCTION", ...TOOL }],
        toolChoice: { type: "FUNCTION", name: "f" },
        stop: ["x"],
      },
    },
    answer: [
      { json: { index: 0, message: { role: "ASSISTANT", content: [{ type: "TEXT", text: "a" }], toolCalls: [CALL] } } },
      { json: { finishReason: "stop", usage: { promptTokens: 1, completionTokens: 1, totalTokens: 2 } } },
    ],
  },
  {
    dialect: oci,
    path: "/20231130/actions/chat",
    request: {
      servingMode: { servingType: "DEDICATED", endpointId: "e" },
      chatRequest: {
        apiFormat: "COHERE",
        message: "m",
        chatHistory: [{ role: "TOOL", toolResults: [{ call: { name: "f", parameters: {} }, outputs: [{ x: 1 }] }] }],
        tools: [{ name: "f", parameterDefinitions: {} }],
      },
    },
    answer: [{
      json: {
        modelId: "m",
        chatResponse: {
          apiFormat: "COHERE",
          text: "a",
          finishReason: "COMPLETE",
          toolCalls: [{ name: "f" }],
          usage: {},
        },
      },
    }],
  },
  {
    dialect: alephAlpha,
    path: "/complete",
    request: { model: "m", prompt: [{ type: "text", data: "a" }, { type: "image", data: "A" }], maximum_tokens: 2 },
    answer: [
      { json: { type: "stream_chunk", index: 0, completion: "a" } },
      { json: { type: "completion_summary", num_tokens_prompt_total: 1, num_tokens_generated: 2 } },
      { json: { completions: [{ completion: "a", finish_reason: "maximum_tokens" }], embeddings: [[1, 2]] } },
    ],
  },
  {
    dialect: clarifai,
    path: "/v2/users/u/apps/a/models/m/outputs",
    request: {
      inputs: [{ data: { text: { raw: "Hi" }, image: { url: "u" } } }],
      model: { model_version: { output_info: { params: { temperature: 1 } } } },
    },
    answer: [{
      json: {
        status: { code: 10000, req_id: "r", description: "Ok" },
        outputs: [{ data: { text: { raw: "a" }, embeddings: [{ vector: [1] }] }, prompt_tokens: "1" }],
        results: [{ outputs: [{ data: { image: { base64: "A" } } }] }],
      },
    }],
  },
  {
    dialect: amazonQ,
    path: "/generateAssistantResponse",
    request: {
      conversationState: {
        conversationId: "c",
        history: [{ assistantResponseMessage: { content: "", toolUses: [{ toolUseId: "t", name: "f", input: {} }] } }],
        currentMessage: {
          userInputMessage: {
            content: "Hi",
            modelId: "m",
            images: [{}],
            userInputMessageContext: {
              toolResults: [{ toolUseId: "t", status: "error", content: [{ text: "no" }, { json: {} }] }],
              tools: [{ toolSpecification: { name: "f", inputSchema: { json: {} } } }],
            },
          },
        },
      },
    },
    answer: [
      { name: "reasoningContentEvent", json: { text: "hm" } },
      { name: "assistantResponseEvent", json: { content: "a", modelId: "m" } },
      { name: "toolUseEvent", json: { toolUseId: "t", name: "f", input: '{"a":1}' } },
      { name: "toolUseEvent", json: { toolUseId: "t", name: "f", stop: true } },
      { name: "metadataEvent", json: { tokenUsage: { uncachedInputTokens: 1, outputTokens: 2, totalTokens: 3 } } },
    ],
  },
  {
    dialect: cody,
    path: "/.api/completions/stream",
    request: { model: "m", messages: [{ speaker: "human", text: "Hi" }], maxTokensToSample: 9, stopSequences: ["x"] },
    answer: [
      { name: "completion", json: { deltaText: "a" } },
      { name: "completion", json: { completion: "ab", stopReason: "end_turn" } },
      { name: "done", json: {} },
    ],
  },
  {
    dialect: zed,
    path: "/completions",
    request: {
      thread_id: "t",
      provider: "anthropic",
      model: "m",
      provider_request: { model: "m", messages: [{ role: "user", content: "Hi" }], tools: [TOOL], stream: true },
    },
    answer: [
      { json: { status: "started" } },
      { json: { event: { type: "message_start", message: { id: "i", model: "m", usage: { input_tokens: 3 } } } } },
      { json: { event: { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } } } },
      { json: { event: { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "a" } } } },
      { json: { status: { failed: { code: "c", message: "m" } } } },
    ],
  },
  {
    dialect: jetbrains,
    path: "/user/v5/llm/chat/stream/v8",
    request: {
      prompt: "p",
      profile: "m",
      chat: { messages: [{ type: "user_message", content: "Hi" }, { type: "tool_message", id: "t", result: "42" }] },
      parameters: { data: [{ type: "json", fqdn: "llm.parameters.tools" }, { type: "json", value: "[{}]" }] },
    },
    answer: [
      { json: { event_type: "data", type: "Content", content: "a", choiceIndex: 0 } },
      { json: { event_type: "data", type: "ToolCall", parallelToolIndex: 0, id: "t", name: "f", content: "{}" } },
      { json: { event_type: "data", type: "FinishMetadata", reason: "stop", choiceIndex: 0 } },
    ],
  },
];
