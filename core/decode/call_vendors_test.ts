/** Hosts and paths of vendors lead to their own formats, through the whole call stage. */
import assert from "node:assert/strict";
import { DAMAGED_CALL_FUZZ } from "../../tests/fuzz/damaged_calls.ts";
import { sse, Stage } from "../../tests/support/call_stage.ts";
import { runFuzz, TEST_INPUTS } from "../../tests/support/fuzz.ts";
import { writeProto } from "../../tests/support/proto_writer.ts";
import { eventStreamFrame, textHeader } from "../../tests/support/event_stream_writer.ts";
import { concat } from "../../tests/support/random.ts";
import { WARP_EVENT, WARP_REQUEST } from "./dialect/warp_schema.ts";

interface Vendor {
  readonly url: string;
  readonly provider: string;
  readonly dialect: string;
  readonly request: unknown;
  readonly headers?: Record<string, string>;
  readonly answer: string | Uint8Array;
  readonly contentType?: string;
  readonly model?: string;
  readonly text?: string;
}

const CHUNK = {
  object: "chat.completion.chunk",
  model: "grok-4",
  choices: [{ index: 0, delta: { content: "Hello" } }],
};

const VENDORS: readonly Vendor[] = [
  {
    url: "https://inference.generativeai.us-chicago-1.oci.oraclecloud.com/20231130/actions/chat",
    provider: "oracle-oci",
    dialect: "oci",
    request: {
      compartmentId: "c",
      servingMode: { servingType: "ON_DEMAND", modelId: "xai.grok-4" },
      chatRequest: {
        apiFormat: "GENERIC",
        isStream: true,
        messages: [{ role: "USER", content: [{ type: "TEXT", text: "Hi" }] }],
      },
    },
    answer: sse({ index: 0, message: { role: "ASSISTANT", content: [{ type: "TEXT", text: "Hello" }] } }, {
      finishReason: "stop",
    }),
    contentType: "text/event-stream",
    model: "xai.grok-4",
    text: "Hello",
  },
  {
    url: "https://api.aleph-alpha.com/complete",
    provider: "aleph-alpha",
    dialect: "aleph_alpha",
    request: { model: "luminous", prompt: "Hi", maximum_tokens: 3 },
    answer: JSON.stringify({
      model_version: "1",
      completions: [{ completion: "Hello", finish_reason: "end_of_text" }],
    }),
    model: "luminous",
    text: "Hello",
  },
  {
    url: "https://api.nlpcloud.io/v1/gpu/chatdolphin/chatbot",
    provider: "nlpcloud",
    dialect: "nlpcloud",
    request: { input: "Hi", history: [] },
    answer: JSON.stringify({ response: "Hello", history: [] }),
    model: "chatdolphin",
    text: "Hello",
  },
  {
    url: "https://api.clarifai.com/v2/users/u/apps/a/models/m/outputs",
    provider: "clarifai",
    dialect: "clarifai",
    request: { inputs: [{ data: { text: { raw: "Hi" } } }] },
    answer: JSON.stringify({ status: { code: 10000 }, outputs: [{ data: { text: { raw: "Hello" } } }] }),
    model: "m",
    text: "Hello",
  },
  {
    url: "https://api.clarifai.com/v2/ext/openai/v1/chat/completions",
    provider: "clarifai",
    dialect: "openai_chat",
    request: { model: "m", messages: [{ role: "user", content: "Hi" }] },
    answer: JSON.stringify({ model: "m", choices: [{ index: 0, message: { role: "assistant", content: "Hello" } }] }),
    model: "m",
    text: "Hello",
  },
  {
    url: "https://api.runpod.ai/v2/abc/openai/v1/chat/completions",
    provider: "runpod",
    dialect: "openai_chat",
    request: { model: "m", messages: [{ role: "user", content: "Hi" }] },
    answer: JSON.stringify({ model: "m", choices: [{ index: 0, message: { role: "assistant", content: "Hello" } }] }),
    model: "m",
    text: "Hello",
  },
  {
    url: "https://sourcegraph.com/.api/completions/stream?api-version=8",
    provider: "sourcegraph",
    dialect: "cody",
    request: { model: "m", messages: [{ speaker: "human", text: "Hi" }], maxTokensToSample: 9 },
    answer: 'event: completion\ndata: {"deltaText":"Hello","stopReason":"end_turn"}\n\nevent: done\ndata: {}\n\n',
    contentType: "text/event-stream",
    model: "m",
    text: "Hello",
  },
  {
    url: "https://cloud.zed.dev/completions",
    provider: "zed",
    dialect: "zed",
    request: {
      provider: "x_ai",
      model: "grok-4",
      provider_request: { model: "grok-4", stream: true, messages: [{ role: "user", content: "Hi" }] },
    },
    headers: { "x-zed-version": "0.200.0" },
    answer: [{ status: "started" }, { event: CHUNK }, { status: "stream_ended" }].map((line) => JSON.stringify(line))
      .join("\n"),
    contentType: "application/json",
    model: "grok-4",
    text: "Hello",
  },
  {
    url: "https://q.us-east-1.amazonaws.com/",
    provider: "amazon-q",
    dialect: "amazon_q",
    request: { conversationState: { currentMessage: { userInputMessage: { content: "Hi", modelId: "m" } } } },
    headers: { "x-amz-target": "AmazonCodeWhispererStreamingService.GenerateAssistantResponse" },
    answer: concat([
      toFrame("assistantResponseEvent", { content: "Hello" }),
      toFrame("metadataEvent", { stopReason: "END_TURN" }),
    ]),
    contentType: "application/vnd.amazon.eventstream",
    model: "m",
    text: "Hello",
  },
  {
    url: "https://api.app.prod.grazie.aws.intellij.net/user/v5/llm/chat/stream/v8",
    provider: "jetbrains-ai",
    dialect: "jetbrains",
    request: {
      prompt: "p",
      profile: "m",
      chat: { messages: [{ type: "user_message", content: "Hi" }] },
    },
    answer: 'data: {"event_type":"data","type":"Content","content":"Hello"}\n\ndata: end\n\n',
    contentType: "text/event-stream",
    model: "m",
    text: "Hello",
  },
  {
    url: "https://app.warp.dev/ai/multi-agent",
    provider: "warp",
    dialect: "warp",
    request: writeProto(
      { input: { user_query: { query: "Hi" } }, settings: { model_config: { base: "m" } } },
      WARP_REQUEST,
    ),
    headers: { "content-type": "application/x-protobuf" },
    answer: [
      {
        client_actions: {
          actions: [{ add_messages_to_task: { messages: [{ id: "1", agent_output: { text: "Hello" } }] } }],
        },
      },
      { finished: { done: {} } },
    ].map((event) => `data: ${writeProto(event, WARP_EVENT).toBase64()}\n\n`).join(""),
    contentType: "text/event-stream",
    model: "m",
    text: "Hello",
  },
];

for (const { url, provider, dialect, request, headers, answer, contentType, model, text } of VENDORS) {
  Deno.test(`${new URL(url).host}${new URL(url).pathname} is ${provider} in ${dialect}`, () => {
    const stage = new Stage();
    const exchange = stage.open(url, headers === undefined ? {} : { headers });
    stage.send(exchange, request instanceof Uint8Array ? request : JSON.stringify(request));
    stage.answer(exchange, [[answer, 20]], { headers: { "content-type": contentType ?? "application/json" } });
    stage.end(exchange);
    const asked = stage.single("ai.request");
    const told = stage.single("ai.response");
    assert.deepEqual([asked.data.provider?.id, asked.attrs?.dialect, asked.data.model?.id], [provider, dialect, model]);
    assert.equal(told.data.choices?.[0]?.message.content, text);
    assert.equal(told.data.success, true);
    assert.deepEqual([asked.confidence.level, told.confidence.completeness], ["high", "full"]);
  });
}

/** One frame of an AWS event stream. */
function toFrame(name: string, json: unknown): Uint8Array {
  return eventStreamFrame(
    [textHeader(":event-type", name), textHeader(":message-type", "event")],
    JSON.stringify(json),
  );
}

Deno.test("documented calls of vendors may be damaged anywhere", () => {
  for (const target of DAMAGED_CALL_FUZZ) runFuzz(target, TEST_INPUTS);
});
