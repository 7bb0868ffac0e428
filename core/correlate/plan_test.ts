import assert from "node:assert/strict";
import type { DraftEvent } from "../model/draft.ts";
import type { Message, ModelRequest } from "../model/model_call.ts";
import { plan } from "./plan.ts";
import { tools } from "./tools.ts";
import { draftOf, eventsOf, play, SECOND_NS, Stories } from "../../tests/support/drafts.ts";

Deno.test("plan publishes new steps and changes of status only", () => {
  const answer = (ordinal: number, todos: unknown[]) =>
    draftOf("ai.response", {
      ordinal,
      timeNs: ordinal * SECOND_NS,
      response: {
        choices: [{
          index: 0,
          message: {
            role: "assistant",
            toolCalls: [{ id: `t${ordinal}`, name: "TodoWrite", type: "function", arguments: { todos } }],
          },
        }],
      },
    });
  const events = play(plan, [
    answer(1, [{ content: "read", status: "pending" }, { content: "write", status: "pending" }]),
    answer(2, [{ content: "read", status: "completed" }, { content: "write", status: "pending" }]),
    answer(3, ["not a step", null]),
  ]);
  assert.deepEqual(
    eventsOf(events, "agent.plan_step").map(({ data }) => [data.description, data.status, data.step_type]),
    [["read", "pending", "planning"], ["write", "pending", "planning"], ["read", "completed", "revision"]],
  );
});

Deno.test("plan keeps the lists of two sessions of one program apart", () => {
  const answer = (sessionId: string, status: string) => {
    const call = {
      id: `t-${sessionId}-${status}`,
      name: "TodoWrite",
      type: "function",
      arguments: { todos: [{ content: "read", status }] },
    };
    const draft = draftOf("ai.response", {
      ordinal: 0,
      timeNs: 0,
      response: { choices: [{ index: 0, message: { role: "assistant", toolCalls: [call] } }] },
    });
    return { ...draft, session: { sessionId, rule: "test", isInferred: false } };
  };
  const events = play(plan, [answer("a", "pending"), answer("b", "pending"), answer("a", "completed")]);
  assert.deepEqual(eventsOf(events, "agent.plan_step").map(({ data }) => [data.agent?.session_id, data.step_type]), [
    ["a", "planning"],
    ["b", "planning"],
    ["a", "revision"],
  ]);
});

/** An answer with calls of plan tools, or with words. */
function answerOf(ordinal: number, message: Partial<Message>, tools: ModelRequest["tools"] = []): DraftEvent {
  return draftOf("ai.response", {
    ordinal,
    timeNs: ordinal * SECOND_NS,
    request: { tools },
    response: { choices: [{ index: 0, message: { role: "assistant", ...message } }] },
  });
}

const callOf = (name: string, args: unknown, n: number): Partial<Message> => ({
  toolCalls: [{ id: `toolu_${String(n).padStart(20, "0")}`, name, type: "function", arguments: args }],
});

const stepsOf = (events: readonly DraftEvent[]) =>
  eventsOf(events, "agent.plan_step").map((
    { data },
  ) => [data.step_index, data.step_type, data.status, data.description]);

Deno.test("plan reads the lists of every agent: steps, tasks, todo lists, and one plan text", () => {
  const lists: readonly (readonly [string, unknown])[] = [
    ["update_plan", { explanation: "x", plan: [{ step: "read", status: "in_progress" }] }],
    ["write_todos", { todos: [{ description: "read", status: "in_progress" }] }],
    ["todowrite", { todos: [{ id: "1", content: "read", status: "in_progress", priority: "high" }] }],
    ["manage_todo_list", { todoList: [{ id: 1, title: "read", status: "in_progress" }] }],
  ];
  for (const [name, args] of lists) {
    const events = play(plan, [answerOf(1, callOf(name, args, 1))]);
    assert.deepEqual(stepsOf(events), [[0, "planning", "in_progress", "read"]], name);
  }
  const text = play(plan, [answerOf(1, callOf("ExitPlanMode", { plan: "# Plan\nread" }, 1))]);
  assert.deepEqual(stepsOf(text), [[undefined, "planning", undefined, "# Plan\nread"]]);
});

Deno.test("plan follows a step by its id: another text is a revision, a part of the list changes only itself", () => {
  const list = (merge: boolean, ...todos: unknown[]) => ({ merge, todos });
  const events = play(plan, [
    answerOf(
      1,
      callOf("todo_write", list(false, { id: "1", content: "a", status: "pending" }, { id: "2", content: "b" }), 1),
    ),
    answerOf(2, callOf("todo_write", list(true, { id: "1", status: "completed" }), 2)),
    answerOf(3, callOf("todo_write", list(true, { id: "2", content: "b, better" }), 3)),
    answerOf(4, callOf("todo_write", list(true, { id: "1", content: "a", status: "completed" }), 4)),
  ]);
  assert.deepEqual(stepsOf(events), [
    [0, "planning", "pending", "a"],
    [1, "planning", undefined, "b"],
    [undefined, "revision", "completed", "a"],
    [undefined, "revision", undefined, "b, better"],
  ]);
});

Deno.test("plan follows tasks that are made and changed one by one, by the number the tool gave them", () => {
  const stories = new Stories([tools, plan]);
  const messages = (n: number, args: unknown, content: string): Message[] => [
    { role: "assistant", ...callOf("TaskCreate", args, n) },
    { role: "user", toolResults: [{ callId: `toolu_${String(n).padStart(20, "0")}`, content }] },
  ];
  const events = [
    ...stories.push(answerOf(1, callOf("TaskCreate", { subject: "read", description: "all of it" }, 1))),
    ...stories.push(draftOf("ai.request", {
      ordinal: 2,
      timeNs: 2 * SECOND_NS,
      request: { messages: messages(1, { subject: "read" }, "Task #7 created successfully: read") },
    })),
    ...stories.push(answerOf(2, callOf("TaskUpdate", { taskId: "7", status: "in_progress" }, 2))),
    ...stories.push(answerOf(3, callOf("TaskUpdate", { taskId: "7", status: "in_progress" }, 3))),
    ...stories.push(answerOf(4, callOf("TaskUpdate", { taskId: "9", status: "completed" }, 4))),
  ];
  assert.deepEqual(stepsOf(events), [
    [undefined, "planning", undefined, "read"],
    [undefined, "revision", "in_progress", "read"],
    [undefined, "revision", "completed", undefined],
  ]);
});

Deno.test("plan takes what the model says before it acts, in requests with tools only", () => {
  const offered = [{ type: "function", name: "bash" }];
  const acting = { reasoning: "I should look.", content: "I look first.", ...callOf("bash", { command: "ls" }, 1) };
  const events = eventsOf(play(plan, [answerOf(1, acting, offered)]), "agent.plan_step");
  assert.deepEqual(events.map(({ data, confidence }) => [data.source, data.description, confidence.reasons]), [
    ["reasoning", "I should look.", ["reasoning"]],
    ["reasoning", "I look first.", ["commentary"]],
  ]);
  assert.equal(play(plan, [answerOf(1, acting)]).length, 0);
  assert.equal(play(plan, [answerOf(1, { content: "Done." }, offered)]).length, 0);
});

Deno.test("plan takes no answer for a plan because the vendor searched before it was written", () => {
  const offered = [{ type: "web_search" }];
  const search = { id: "s1", name: "web_search", type: "server", arguments: { query: "owls" }, isServerSide: true };
  const found = answerOf(1, { content: "Owls hoot.", toolCalls: [search] }, offered);
  assert.equal(play(plan, [found]).length, 0);
  const own = { id: "c1", name: "read", type: "function", arguments: {} };
  const acting = answerOf(2, { content: "Now I read.", toolCalls: [search, own] }, offered);
  assert.equal(eventsOf(play(plan, [acting]), "agent.plan_step").length, 1);
});
