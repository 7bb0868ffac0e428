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

Deno.test("openai_live is found by its two paths only", () => {
  for (const path of ["/v1/live/sessions", "/v1/live/sessions/live_1/attach"]) {
    assert.ok(openaiLive.matchHead({ ...HEAD, path }));
  }
  for (const path of ["/v1/live/sessions/live_1", "/v1/realtime", "/v1/alive/sessions"]) {
    assert.ok(!openaiLive.matchHead({ ...HEAD, path }));
  }
});

/** What a step tells of a reply: the words it answers, its pieces, whether it ended. */
function tell(step: TurnStep | undefined) {
  const asked = step?.request?.["input"] as
    | readonly { readonly content: readonly { readonly text?: string }[] }[]
    | undefined;
  const answers = [
    ...step?.earlier?.map(({ text }) => text) ?? [],
    ...(step?.answer === undefined ? [] : [step.answer]),
  ];
  return [
    asked?.map(({ content }) => content.at(-1)?.text),
    answers.map((text) => JSON.parse(text).delta),
    step?.isEnd,
  ];
}

Deno.test("openai_live makes a call of what the model says until the user has spoken again", () => {
  const turns = start();
  turns.client({ type: "session.commentary.append", content: "note" });
  serve(turns, heard(0, 200, "How"));
  serve(turns, heard(200, 400, " warm is it."));
  serve(turns, heard(500, 600, "Tell me"));
  assert.equal(serve(turns, said(500, 600, "Mild.")), undefined, "the user may not have finished");
  turns.client({ type: "session.thinking.append", content: "for what comes next" });
  assert.equal(serve(turns, heard(600, 700, " now")), undefined);
  assert.equal(serve(turns, heard(700, 800, "?")), undefined);
  const first = serve(turns, said(1900, 2000, "Quite"));
  assert.deepEqual([first?.isUnasked, first?.requestNs, first?.earlier?.length], [true, 9, 2]);
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
        content: [{ type: "input_audio" }, { type: "input_text", text: "How warm is it. Tell me now?" }],
      },
    ],
  });
  assert.equal(serve(turns, heard(800, 900, ".")), undefined, "a full stop of what is answered already");
  assert.deepEqual(tell(serve(turns, said(2000, 2100, " so"))), [undefined, [" so"], undefined]);
  assert.deepEqual(serve(turns, heard(3000, 3100, "Thanks")), { isEnd: true });
  serve(turns, said(3200, 3300, "Sure"));
  const last = turns.close?.(true);
  assert.deepEqual(tell(last), [["for what comes next", "Thanks"], ["Sure"], true]);
  assert.equal(last?.request?.["has_history"], true);
});

Deno.test("openai_live tells a reply that is held back when the user says something else, and when the socket breaks off", () => {
  const turns = start();
  serve(turns, heard(0, 200, "One"));
  serve(turns, said(300, 400, "Two"));
  assert.deepEqual(tell(serve(turns, heard(5000, 5100, "Three"))), [["One"], ["Two"], true]);
  serve(turns, said(5200, 5300, "Four"));
  assert.deepEqual(tell(turns.close?.(false)), [["Three"], ["Four"], undefined]);
  const alone = start();
  assert.deepEqual(tell(serve(alone, said(0, 100, "Hello"))), [[], ["Hello"], undefined], "nothing was said before");
  assert.deepEqual(serve(alone, { type: "session.closed" }), { isEnd: true });
});

Deno.test("openai_live lets a reply that the user interrupts run out before the next one begins", () => {
  const turns = start();
  serve(turns, said(0, 100, "One"));
  serve(turns, said(100, 1500, " two"));
  assert.equal(serve(turns, heard(1300, 1700, "Stop")), undefined);
  assert.deepEqual(tell(serve(turns, said(1500, 1600, " thr"))), [undefined, [" thr"], undefined]);
  assert.deepEqual(serve(turns, said(1800, 1900, "Yes")), { isEnd: true });
  assert.deepEqual(tell(turns.close?.(true)), [["Stop"], ["Yes"], true]);
});

Deno.test("openai_live learns what was said before from the server where others began the session", () => {
  const turns = openaiLive.createTurns(HEAD);
  const input = [{ role: "user", content: [{ type: "input_text", text: "Before" }] }];
  serve(turns, { type: "session.started", session: { id: "live_2", model: "voice", input } });
  assert.deepEqual(tell(serve(turns, said(0, 100, "Yes"))), [["Before"], ["Yes"], undefined]);
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
  const texts = [...steps[0]?.earlier?.map(({ text }) => text) ?? [], steps[1]?.answer ?? ""];
  const { answer: response } = readAnswer(openaiLive.dialect, texts.map((text) => ({ text })));
  assert.deepEqual([response.model, response.choices[0]?.message.content], ["voice", "A b."]);
  const view = toRequestView({ path: HEAD.path, json: { ...steps[0]?.request, has_history: true } });
  const request = openaiLive.dialect.decodeRequest(view);
  assert.deepEqual([request?.requestType, request?.isDelta, request?.sessionKeys], [
    "realtime",
    true,
    { session_id: "live_1" },
  ]);
});
