import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { openaiLive } from "./openai_live.ts";
import type { TurnStep } from "./socket_dialect.ts";

const HEAD = toRequestView({ path: "/v1/live/sessions", method: "GET" });

const DELEGATION = { type: "responses", responses: { model: "backend", instructions: "work", tool_choice: "auto" } };

/** A session that has begun. */
function start() {
  const turns = openaiLive.createTurns(HEAD);
  const session = { model: "voice", instructions: "speak", delegation: DELEGATION };
  turns.client({ type: "session.start", session }, 1);
  serve(turns, { type: "session.started", session: { id: "live_1", ...session, tool_choice: "none" } });
  return turns;
}

function serve(turns: ReturnType<typeof openaiLive.createTurns>, json: Record<string, unknown>): TurnStep | undefined {
  return turns.server(json, JSON.stringify(json), false, 9);
}

function heard(from: number, to: number, delta: string) {
  return { type: "session.input_transcript.delta", start_ms: from, end_ms: to, delta };
}

function said(from: number, to: number, delta: string) {
  return { type: "session.output_transcript.delta", start_ms: from, end_ms: to, delta };
}

function event(delegation: string, event: Record<string, unknown>) {
  return { type: "response.event", delegation_id: delegation, event };
}

function textOf(step: TurnStep | undefined): unknown {
  return JSON.parse(step?.answer ?? "{}").delta;
}

Deno.test("openai_live is found by its two paths only", () => {
  for (const path of ["/v1/live/sessions", "/v1/live/sessions/live_1/attach"]) {
    assert.ok(openaiLive.matchHead({ ...HEAD, path }));
  }
  for (const path of ["/v1/live/sessions/live_1", "/v1/realtime", "/v1/alive/sessions"]) {
    assert.ok(!openaiLive.matchHead({ ...HEAD, path }));
  }
});

Deno.test("openai_live makes a call of what the model says until the user has spoken again", () => {
  const turns = start();
  turns.client({ type: "session.commentary.append", content: "note" });
  serve(turns, heard(0, 200, "How"));
  serve(turns, heard(200, 400, " warm is it."));
  serve(turns, heard(500, 600, "Tell me"));
  const first = serve(turns, said(700, 800, "Mild."));
  assert.equal(first?.isUnasked, true);
  assert.deepEqual(first?.request, {
    model: "voice",
    instructions: "speak",
    session_id: "live_1",
    stream: true,
    input: [
      { type: "message", role: "commentary", content: [{ type: "input_text", text: "note" }] },
      {
        type: "message",
        role: "user",
        content: [{ type: "input_audio" }, { type: "input_text", text: "How warm is it. Tell me" }],
      },
    ],
  });
  const late = serve(turns, heard(600, 700, "?"));
  assert.equal(late, undefined, "the full stop of what is answered already");
  const more = serve(turns, said(800, 900, "Quite"));
  assert.deepEqual([more?.request, textOf(more)], [undefined, " Quite"]);
  assert.deepEqual(serve(turns, heard(1000, 1100, "Thanks")), { isEnd: true });
  const next = serve(turns, said(1200, 1300, "Sure"));
  assert.equal(next?.request?.["has_history"], true);
  assert.equal(turns.close?.(false), undefined);
  assert.deepEqual(turns.close?.(true), { isEnd: true });
});

Deno.test("openai_live lets a reply that the user interrupts run out before the next one begins", () => {
  const turns = start();
  serve(turns, said(0, 100, "One"));
  serve(turns, said(100, 500, " two"));
  assert.equal(serve(turns, heard(300, 700, "Stop")), undefined);
  const rest = serve(turns, said(500, 600, " thr"));
  assert.deepEqual([rest?.request, textOf(rest)], [undefined, " thr"]);
  const next = serve(turns, said(800, 900, "Yes"));
  assert.deepEqual([next?.endsEarlier, next?.isUnasked, textOf(next)], [true, true, "Yes"]);
});

Deno.test("openai_live makes a call of every response of the model behind it, several at once", () => {
  const turns = start();
  const created = { type: "response.created", response: { id: "r1", previous_response_id: "r0" } };
  const first = serve(turns, event("a", created));
  assert.deepEqual(first?.request, {
    model: "backend",
    instructions: "work",
    tool_choice: "auto",
    session_id: "live_1",
    input: [],
    stream: true,
    previous_response_id: "r0",
  });
  assert.deepEqual([first?.isUnasked, first?.lane, first?.dialect?.requestType(HEAD)], [true, "response:a", "chat"]);
  const item = { type: "function_call_output", call_id: "c", output: "12" };
  turns.client({ type: "response.item.create", item });
  turns.client({ type: "response.create" }, 5);
  assert.equal(serve(turns, event("a", { type: "response.completed" }))?.isEnd, true);
  const second = serve(turns, event("b", { type: "response.created" }));
  assert.deepEqual([second?.requestNs, second?.isUnasked, second?.request?.["input"]], [5, undefined, [item]]);
  assert.equal(serve(turns, event("a", { type: "response.output_text.delta" })), undefined, "it has ended");
  for (let at = 0; at < 20; at++) serve(turns, event(`x${at}`, { type: "response.created" }));
  assert.equal(serve(turns, event("x19", { type: "response.completed" })), undefined, "too many at once");
});

Deno.test("openai_live tells an error where something was asked for", () => {
  const error = { type: "error", error: { message: "Responses handoff incomplete.", code: null } };
  const refused = openaiLive.createTurns(HEAD);
  assert.equal(serve(refused, error), undefined);
  refused.client({ type: "session.start", session: { model: "voice" } }, 3);
  const step = serve(refused, error);
  assert.deepEqual([step?.request?.["model"], step?.requestNs, step?.isEnd], ["voice", 3, true]);
  assert.equal(
    readAnswer(openaiLive.dialect, [{ text: step?.answer ?? "" }]).answer.error?.message,
    "Responses handoff incomplete.",
  );
  const turns = start();
  assert.equal(serve(turns, error), undefined, "nothing is asked for");
  serve(turns, event("a", { type: "response.created" }));
  assert.deepEqual([serve(turns, error)?.lane, serve(turns, error)], ["response:a", undefined]);
  turns.client({ type: "response.create" }, 7);
  const asked = serve(turns, error);
  assert.deepEqual([asked?.requestNs, asked?.isEnd], [7, true]);
});

Deno.test("openai_live reads what is said by its words and model, and where a session continues", () => {
  const turns = start();
  const steps = [serve(turns, said(0, 1, "A")), serve(turns, said(1, 2, " b."))];
  const { answer: response } = readAnswer(openaiLive.dialect, steps.map((step) => ({ text: step?.answer ?? "" })));
  assert.deepEqual([response.model, response.choices[0]?.message.content], ["voice", "A b."]);
  const view = toRequestView({ path: HEAD.path, json: { ...steps[0]?.request, has_history: true } });
  const request = openaiLive.dialect.decodeRequest(view);
  assert.deepEqual([request?.requestType, request?.isDelta, request?.sessionKeys], [
    "realtime",
    true,
    { session_id: "live_1" },
  ]);
});
