import assert from "node:assert/strict";
import { readAnswer, toRequestView } from "./dialect_testing.ts";
import { manus } from "./manus.ts";

const CREATE = "/v2/task.create";
const LIST = "/v2/task.listMessages";
const HOST = "api.manus.ai";
const EARLIER = { choices: [] };
const event = (type: string, said: unknown) => ({ id: "e", type, timestamp: 1, [type]: said });
const state = (agent_status: string) => event("status_update", { agent_status });

Deno.test("manus reads what a task asks for, in both versions", () => {
  const asked = manus.decodeRequest(toRequestView({
    path: CREATE,
    json: {
      message: { content: [{ type: "text", text: "Do" }, { type: "file", file_id: "f" }] },
      agent_profile: "manus-1.6",
    },
  }));
  assert.deepEqual([asked?.model, asked?.messages], ["manus-1.6", [{ role: "user", content: "Do" }]]);
  const more = manus.decodeRequest(
    toRequestView({ path: "/v2/task.sendMessage", json: { task_id: "t", message: { content: "More" } } }),
  );
  assert.deepEqual([more?.sessionKeys, more?.messages[0]?.content], [{ conversation: "t" }, "More"]);
  const old = manus.decodeRequest(toRequestView({ path: "/v1/tasks", json: { prompt: "Do", agentProfile: "m" } }));
  assert.deepEqual([old?.model, old?.messages[0]?.content], ["m", "Do"]);
  assert.equal(manus.decodeRequest(toRequestView({ path: CREATE, json: {} })), undefined);
});

Deno.test("manus says where the events, or the task of version 1, can be read", () => {
  const json = { ok: true, request_id: "r", task_id: "t", task_url: "https://manus.im/app/t" };
  assert.deepEqual(readAnswer(manus, [{ json }], { path: CREATE, host: HOST }).answer, {
    choices: [],
    requestId: "r",
    isAccepted: true,
    pending: { addresses: ["api.manus.ai/v2/task.listMessages?task_id=t"] },
  });
  const old = readAnswer(manus, [{ json: { task_id: "t" } }], { path: "/v1/tasks", host: HOST }).answer;
  assert.deepEqual(old.pending, { addresses: ["api.manus.ai/v1/tasks/t"] });
  const refused = { ok: false, request_id: "r", error: { code: "invalid_argument", message: "no" } };
  const { answer } = readAnswer(manus, [{ json: refused }], { path: CREATE, status: 400 });
  assert.deepEqual(answer.error, { code: "invalid_argument", message: "no" });
});

Deno.test("manus's events count from the user's newest message on, in either order", () => {
  const events = [
    event("user_message", { content: "Do" }),
    event("assistant_message", { content: "Old" }),
    state("stopped"),
    event("user_message", { content: "More" }),
  ];
  const read = (messages: readonly unknown[], query = "task_id=t&order=asc") =>
    readAnswer(manus, [{ json: { ok: true, messages } }], { path: LIST, query, earlier: EARLIER }).answer;
  assert.notEqual(read(events).pending, undefined);
  assert.notEqual(read([...events, state("running")]).pending, undefined);
  const done = [
    ...events,
    event("assistant_message", { content: "A" }),
    event("assistant_message", { content: "B" }),
    state("stopped"),
  ];
  const expected = [{
    index: 0,
    message: { role: "assistant", content: "A\nB" },
    finishReason: "stop",
    rawFinishReason: "stopped",
  }];
  assert.deepEqual(read(done), { choices: expected });
  assert.deepEqual(read(done.toReversed(), "task_id=t"), { choices: expected });
  const waiting = read([...events, event("assistant_message", { content: "Which?" }), state("waiting")]);
  assert.deepEqual([waiting.choices[0]?.rawFinishReason, waiting.choices[0]?.finishReason], ["waiting", undefined]);
  assert.deepEqual(read([...events, event("error_message", { content: "broke" }), state("error")]).error, {
    type: "error",
    message: "broke",
  });
});

Deno.test("manus's task of version 1 holds its output", () => {
  const read = (json: unknown) =>
    readAnswer(manus, [{ json }], { path: "/v1/tasks/t", host: HOST, earlier: EARLIER }).answer;
  assert.notEqual(read({ id: "t", status: "running", output: [] }).pending, undefined);
  const output = [
    { role: "user", content: [{ type: "output_text", text: "Do" }] },
    { role: "assistant", content: [{ type: "output_text", text: "Done" }, { type: "output_file", fileUrl: "u" }] },
  ];
  const done = read({ id: "t", status: "completed", model: "manus-1.6-adaptive", output });
  assert.deepEqual([done.pending, done.model, done.choices[0]?.message.content], [
    undefined,
    "manus-1.6-adaptive",
    "Done",
  ]);
  assert.deepEqual(read({ id: "t", status: "failed", error: "bad" }).error, { type: "failed", message: "bad" });
});
