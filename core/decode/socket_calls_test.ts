import assert from "node:assert/strict";
import * as v from "valibot";
import type { DraftEvent } from "../model/draft.ts";
import { OispEventSchema } from "../model/event_schema.ts";
import type { HttpExchange } from "../model/http_exchange.ts";
import type { EventOf, EventType } from "../model/oisp_event.ts";
import { createCallStage } from "./call_stage.ts";

const MS = 1e6;

/** One socket, driven by hand. */
class Socket {
  readonly drafts: DraftEvent[] = [];
  readonly #exchange: HttpExchange;
  readonly #stage;
  readonly #client;
  readonly #server;

  constructor(host: string, target: string, status = 101) {
    this.#stage = createCallStage(
      { bootId: "boot", clock: { offsetUs: 0 }, wantsChunks: false, maxBodyBytes: 1e6 },
      {
        draft: (draft) => {
          assert.ok(v.safeParse(OispEventSchema, draft.event).success, JSON.stringify(draft.event));
          this.drafts.push(draft);
        },
        classified: () => {},
      },
    );
    const headers = new Map([["upgrade", "websocket"], ["connection", "Upgrade"]]);
    const facts = { firstByteNs: 0, lastByteNs: 0, wireBodyBytes: 0, completeness: "in_flight" as const, reasons: [] };
    this.#exchange = {
      connection: {
        connId: 4,
        processKey: 2,
        tgid: 1,
        tid: 1,
        cgroupId: 0,
        transport: "tls",
        joinedLate: false,
        serverSide: false,
      },
      ordinal: 0,
      protocol: "websocket",
      request: { ...facts, method: "GET", target, path: target.split("?")[0] ?? "", host, headers },
    };
    this.#client = this.#stage.request(this.#exchange);
    this.#exchange.response = { ...facts, status, headers };
    this.#server = this.#stage.response(this.#exchange);
  }

  client(json: unknown, timeMs: number): void {
    this.#client?.data(new TextEncoder().encode(JSON.stringify(json) + "\x1e"), timeMs * MS);
  }

  server(json: unknown, timeMs: number): void {
    this.#server?.data(new TextEncoder().encode(JSON.stringify(json) + "\x1e"), timeMs * MS);
  }

  close(timeMs: number): void {
    if (this.#exchange.response !== undefined) this.#exchange.response.completeness = "complete";
    this.#client?.end("complete", timeMs * MS);
    this.#server?.end("complete", timeMs * MS);
    this.#stage.exchangeEnd(this.#exchange, timeMs * MS);
  }

  eventsOf<T extends EventType>(eventType: T): EventOf<T>[] {
    return this.drafts.map(({ event }) => event).filter((event): event is EventOf<T> => event.event_type === eventType);
  }
}

function completed(id: string, text: string): unknown {
  const output = [{ type: "message", role: "assistant", content: [{ type: "output_text", text }] }];
  const usage = { input_tokens: 3, output_tokens: 2, total_tokens: 5 };
  return {
    type: "response.completed",
    response: { id, object: "response", model: "gpt-5", status: "completed", output, usage },
  };
}

Deno.test("each response.create on a Responses socket is a call of its own, warm-ups are none", () => {
  const socket = new Socket("api.openai.com", "/v1/responses");
  socket.client({ type: "response.create", generate: false, model: "gpt-5", input: [] }, 1);
  for (const turn of [1, 2]) {
    socket.client({ type: "response.create", model: "gpt-5", input: `question ${turn}` }, 100 * turn);
    socket.server({ type: "response.output_text.delta", output_index: 0, delta: "Hi" }, 100 * turn + 20);
    socket.server(completed(`resp_${turn}`, "Hi"), 100 * turn + 50);
  }
  socket.close(400);
  const requests = socket.eventsOf("ai.request");
  const responses = socket.eventsOf("ai.response");
  assert.deepEqual(requests.map(({ data }) => data.messages?.[0]?.content), ["question 1", "question 2"]);
  assert.deepEqual(responses.map(({ data }) => data.request_id), ["resp_1", "resp_2"]);
  assert.deepEqual(responses.map(({ data }) => data.latency_ms), [50, 50]);
  assert.deepEqual(responses.map(({ data }) => data.time_to_first_token_ms), [20, 20]);
  assert.deepEqual(responses.map(({ data }) => data.related_event_id), requests.map(({ event_id }) => event_id));
  assert.equal(responses[0]?.data.usage?.total_tokens, 5);
});

Deno.test("a turn that the socket's end cuts is published as far as it came", () => {
  const socket = new Socket("api.openai.com", "/v1/responses");
  socket.client({ type: "response.create", model: "gpt-5", input: "q" }, 10);
  socket.server({ type: "response.output_text.delta", output_index: 0, delta: "Ha" }, 20);
  socket.close(30);
  const [response] = socket.eventsOf("ai.response");
  assert.equal(response?.data.choices?.[0]?.message.content, "Ha");
  assert.equal(response?.data.finish_reason, undefined);
  assert.equal(response?.confidence.completeness, "partial");
});

Deno.test("a Realtime response takes model and tools from the session and text from the transcript", () => {
  const socket = new Socket("api.openai.com", "/v1/realtime?model=gpt-realtime");
  socket.client({
    type: "session.update",
    session: { instructions: "be kind", tools: [{ type: "function", name: "f" }] },
  }, 1);
  const item = { type: "message", role: "user", content: [{ type: "input_text", text: "hello" }] };
  socket.client({ type: "conversation.item.create", item }, 2);
  socket.client({ type: "response.create" }, 3);
  socket.server({ type: "response.output_audio_transcript.delta", output_index: 0, delta: "Hi" }, 5);
  const output = [{ type: "message", role: "assistant", content: [{ type: "output_audio", transcript: "Hi there" }] }];
  const usage = { total_tokens: 9, input_tokens: 5, output_tokens: 4, input_token_details: { cached_tokens: 1 } };
  socket.server({ type: "response.done", response: { id: "resp_1", status: "completed", output, usage } }, 9);
  socket.close(10);
  const [request] = socket.eventsOf("ai.request");
  const [response] = socket.eventsOf("ai.response");
  assert.equal(request?.data.request_type, "realtime");
  assert.equal(request?.data.model?.id, "gpt-realtime");
  assert.equal(request?.data.tools?.[0]?.name, "f");
  assert.equal(request?.data.messages?.at(-1)?.content, "hello");
  assert.equal(response?.data.choices?.[0]?.message.content, "Hi there");
  assert.equal(response?.data.usage?.cached_tokens, 1);
  assert.equal(response?.data.latency_ms, 6);
});

Deno.test("a Realtime server that answers by itself starts a turn with what was said", () => {
  const socket = new Socket("api.openai.com", "/v1/realtime?model=gpt-realtime");
  socket.server({ type: "conversation.item.input_audio_transcription.completed", transcript: "what time is it" }, 1);
  socket.server({ type: "response.created", response: { id: "r" } }, 2);
  socket.server({ type: "response.done", response: { id: "r", status: "completed", output: [] } }, 3);
  socket.close(4);
  assert.equal(socket.eventsOf("ai.request")[0]?.data.messages?.[0]?.content, "what time is it");
  assert.equal(socket.eventsOf("ai.response").length, 1);
});

Deno.test("a Live session on both of Google's services gives calls; an answer nobody asked for has no latency", () => {
  const heard = { serverContent: { inputTranscription: { text: "what time is it" } } };
  const said = { serverContent: { outputTranscription: { text: "noon" } } };
  const over = { serverContent: { turnComplete: true }, usageMetadata: { promptTokenCount: 3, responseTokenCount: 1 } };
  for (
    const [host, path, provider] of [
      [
        "generativelanguage.googleapis.com",
        "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent?key=AIzaX",
        "google",
      ],
      [
        "us-central1-aiplatform.googleapis.com",
        "/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent",
        "google-vertex",
      ],
    ] as const
  ) {
    const socket = new Socket(host, path);
    socket.client({ setup: { model: "projects/p/locations/l/publishers/google/models/gemini-live" } }, 1);
    socket.server({ setupComplete: {} }, 2);
    socket.client({ clientContent: { turns: [{ role: "user", parts: [{ text: "hi" }] }], turnComplete: true } }, 10);
    socket.server(said, 30);
    socket.server(over, 50);
    socket.server(heard, 60);
    socket.server(said, 70);
    socket.server(over, 90);
    socket.close(100);
    const responses = socket.eventsOf("ai.response");
    assert.deepEqual(socket.eventsOf("ai.request").map(({ data }) => data.messages?.[0]?.content), [
      "hi",
      "what time is it",
    ]);
    assert.deepEqual(socket.eventsOf("ai.request").map(({ data }) => data.model?.id), ["gemini-live", "gemini-live"]);
    assert.deepEqual(responses.map(({ data }) => data.latency_ms), [40, undefined]);
    assert.deepEqual(responses.map(({ data }) => data.time_to_first_token_ms), [20, undefined]);
    assert.deepEqual(responses.map(({ data }) => data.finish_reason), ["stop", "stop"]);
    assert.deepEqual(responses.map(({ data }) => data.provider?.id), [provider, provider]);
    assert.deepEqual(responses.map(({ data }) => data.usage?.prompt_tokens), [3, 3]);
  }
});

Deno.test("a voice vendor's socket is one call, on the hosts that list it only", () => {
  const socket = new Socket("api.deepgram.com", "/v1/listen?model=nova-3");
  const heard = { type: "Results", is_final: true, channel: { alternatives: [{ transcript: "hello" }] } };
  socket.server(heard, 20);
  socket.server({ ...heard, is_final: false }, 30);
  socket.close(50);
  const [request] = socket.eventsOf("ai.request");
  const [response] = socket.eventsOf("ai.response");
  assert.deepEqual([request?.data.request_type, request?.data.model?.id], ["audio", "nova-3"]);
  assert.equal(request?.data.provider?.id, "deepgram");
  assert.equal(response?.data.choices?.[0]?.message.content, "hello");
  assert.deepEqual([response?.data.success, response?.data.latency_ms], [true, 50]);
  const silent = new Socket("api.elevenlabs.io", "/v1/text-to-speech/v/stream-input?model_id=eleven_turbo_v2");
  silent.server({ audio: "AAAA" }, 20);
  silent.close(40);
  assert.equal(silent.eventsOf("ai.response").length, 1);
  const refused = new Socket("api.deepgram.com", "/v1/listen?model=nova-3", 401);
  refused.close(5);
  assert.deepEqual(refused.eventsOf("ai.response").map(({ data }) => [data.status_code, data.success]), [[401, false]]);
  const other = new Socket("feed.example.com", "/ws");
  other.server(heard, 20);
  other.close(50);
  assert.equal(other.drafts.length, 0);
});

Deno.test("messages that are no JSON, or of the wrong kind, change nothing", () => {
  const socket = new Socket("api.openai.com", "/v1/responses");
  for (const odd of [null, 7, "x", [], {}, { type: 5 }, { type: "response.create", response: [] }]) {
    socket.client(odd, 1);
  }
  socket.server({ type: "response.completed", response: null }, 2);
  socket.close(3);
  assert.ok(socket.drafts.length <= 2);
});

Deno.test("turns of one socket may be under way at once, each with its own format", () => {
  const socket = new Socket("api.openai.com", "/v1/live/sessions");
  const event = (json: unknown) => ({ type: "response.event", delegation_id: "d", event: json });
  const usage = { input_tokens: 7, output_tokens: 3, total_tokens: 10 };
  const delegation = { type: "responses", responses: { model: "gpt-5-mini" } };
  socket.client({ type: "session.start", session: { model: "gpt-live-1", delegation } }, 1);
  socket.server({ type: "session.started", session: { id: "live_1" } }, 2);
  socket.server({ type: "session.output_transcript.delta", start_ms: 0, end_ms: 1, delta: "Let me" }, 3);
  socket.server(event({ type: "response.created", response: { id: "r", previous_response_id: null } }), 4);
  socket.server({ type: "session.output_transcript.delta", start_ms: 1, end_ms: 2, delta: " see." }, 5);
  socket.server(event({ type: "response.completed", response: { id: "r", output: [], usage } }), 6);
  socket.close(7);
  const responses = socket.eventsOf("ai.response").map(({ data }) => data);
  assert.deepEqual(
    responses.map(({ model, request_type, usage, success }) => [model?.id, request_type, usage?.total_tokens, success]),
    [["gpt-5-mini", "chat", 10, true], ["gpt-live-1", "realtime", undefined, true]],
  );
  assert.equal(responses[1]?.choices?.[0]?.message?.content, "Let me see.");
  assert.ok(responses.every(({ latency_ms }) => latency_ms === undefined));
});
