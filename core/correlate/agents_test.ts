/** Sub-agents of one program: by what the client says, by the prompt of the call that started them, by other instructions. */
import assert from "node:assert/strict";
import type { DraftEvent } from "../model/draft.ts";
import type { Message, ModelRequest, ToolCall } from "../model/model_call.ts";
import { CORRELATORS } from "./registry.ts";
import { type CallOptions, draftOf, eventsOf, SECOND_NS, Stories } from "../../tests/support/drafts.ts";

const TOOLS = [{ type: "function", name: "bash" }];
const PROMPT = "Find every caller of parse() and list the files.";
const TASK: ToolCall = {
  id: "toolu_0123456789012345678901",
  name: "Task",
  type: "function",
  arguments: { description: "look", prompt: PROMPT, subagent_type: "Explore" },
};
const LOOK: ToolCall = {
  id: "toolu_9876543210987654321098",
  name: "Bash",
  type: "function",
  arguments: { command: "ls" },
};

/** A request and its answer with these calls; gives all events. */
class Client {
  readonly stories = new Stories(CORRELATORS);
  #ordinal = 0;

  call(options: Omit<CallOptions, "ordinal" | "timeNs" | "response">, calls: readonly ToolCall[] = []): DraftEvent[] {
    const ordinal = this.#ordinal++;
    const at = { ordinal, timeNs: ordinal * SECOND_NS, ...options };
    const request = draftOf("ai.request", { ...at, request: { tools: TOOLS, ...options.request } });
    const answer = draftOf("ai.response", {
      ...at,
      timeNs: at.timeNs + SECOND_NS / 2,
      response: {
        requestId: `resp_${ordinal}`,
        choices: [{ index: 0, message: { role: "assistant", toolCalls: [...calls] } }],
      },
    });
    // The answer belongs to the same call.
    const call = { ...answer.call, request: request.call?.request } as NonNullable<DraftEvent["call"]>;
    const whole: DraftEvent = { ...answer, call, exchange: request.exchange } as DraftEvent;
    return [...this.stories.push(request), ...this.stories.push(whole)];
  }
}

const says = (...contents: string[]): Message[] => contents.map((content) => ({ role: "user", content }));
const agentsOf = (events: readonly DraftEvent[]) =>
  [...eventsOf(events, "agent.tool_call"), ...eventsOf(events, "agent.tool_result")].map(({ data }) => data.agent);
const causesOf = (events: readonly DraftEvent[]) => eventsOf(events, "ai.request")[0]?.related_events;

Deno.test("agents take the client's own word for a sub-agent: id, kind and parent", () => {
  const headers = { "x-claude-code-session-id": "s-1" };
  const request = { messages: says("go") };
  const client = new Client();
  assert.deepEqual(agentsOf(client.call({ headers, request }, [LOOK])), [{ session_id: "s-1" }]);
  const explore = { ...headers, "x-claude-code-agent-id": "a1", "x-claude-code-agent-type": "Explore" };
  assert.deepEqual(agentsOf(client.call({ headers: explore, request }, [{ ...LOOK, id: `${LOOK.id}a` }])), [
    { session_id: "s-1", id: "a1", type: "Explore", parent: "s-1", rule: "header:x-claude-code-agent-id" },
  ]);
  const calls = [...client.call({ headers: explore, request })].flatMap(({ event }) => event.attrs?.["agent"] ?? []);
  const told = { id: "a1", type: "Explore", parent: "s-1", rule: "header:x-claude-code-agent-id" };
  assert.deepEqual(calls, [told, told], "its request and its answer say so, too");
  const nested = { ...headers, "x-claude-code-agent-id": "a2", "x-claude-code-parent-agent-id": "a1" };
  const [agent] = agentsOf(client.call({ headers: nested, request }, [{ ...LOOK, id: `${LOOK.id}b` }]));
  assert.deepEqual([agent?.id, agent?.parent], ["a2", "a1"]);
});

Deno.test("agents read Codex's word in header fields, and in the body where one socket carries every request", () => {
  const headers = { "session-id": "root", "thread-id": "child", "x-codex-parent-thread-id": "root" };
  const expected = {
    session_id: "root",
    id: "child",
    type: "collab_spawn",
    parent: "root",
    rule: "header:x-openai-subagent",
  };
  const request: Partial<ModelRequest> = { messages: says("go") };
  const byHeader = new Client().call({ headers: { ...headers, "x-openai-subagent": "collab_spawn" }, request }, [LOOK]);
  assert.deepEqual(agentsOf(byHeader), [expected]);
  const clientMetadata = {
    "x-openai-subagent": "collab_spawn",
    "x-codex-turn-metadata": JSON.stringify({ thread_id: "child", parent_thread_id: "root", agent_name: "scout" }),
  };
  const socket = { headers: { "session-id": "root" }, request: { ...request, clientMetadata } };
  assert.deepEqual(agentsOf(new Client().call(socket, [LOOK])), [{ ...expected, type: "scout" }]);
});

Deno.test("agents find who works for whom by the prompt of the call that started it, in every later request", () => {
  const client = new Client();
  const main = client.call({ request: { messages: says("Where is parse() used?") } }, [TASK]);
  const [task] = eventsOf(main, "agent.tool_call");
  assert.equal(task?.data.agent?.parent, undefined);
  const started = says("<system-reminder>today</system-reminder>", PROMPT);
  const first = client.call({ request: { messages: started } }, [LOOK]);
  const link = { event_id: task?.event_id, relationship: "caused_by", rule: "task_prompt", confidence: 0.9 };
  assert.deepEqual(causesOf(first), [link]);
  const [agent] = agentsOf(first);
  assert.deepEqual([agent?.type, agent?.rule, agent?.parent], ["Explore", "task_prompt", task?.data.agent?.session_id]);
  // Its session is its own, and says whom it works for.
  const [start] = eventsOf(first, "agent.session");
  assert.deepEqual(start?.related_events?.map(({ relationship }) => relationship), ["caused_by", "parent"]);
  assert.equal(start?.data.agent?.parent, task?.data.agent?.session_id);
  const second = client.call({
    request: {
      messages: [...started, { role: "assistant", toolCalls: [LOOK] }, {
        role: "user",
        toolResults: [{ callId: LOOK.id ?? "", content: "a.ts" }],
      }],
    },
  });
  assert.deepEqual(causesOf(second), [link]);
  assert.deepEqual(agentsOf(second).map((one) => one?.rule), ["task_prompt"]);
  // The agent that asked goes on, and brings the result.
  const after = client.call({
    request: {
      messages: [...says("Where is parse() used?"), { role: "assistant", toolCalls: [TASK] }, {
        role: "user",
        toolResults: [{ callId: TASK.id ?? "", content: "in a.ts" }],
      }],
    },
  });
  assert.equal(causesOf(after), undefined);
  assert.deepEqual(agentsOf(after).map((one) => one?.rule), [undefined]);
});

Deno.test("agents find the prompt behind what a client tells every conversation first", () => {
  const client = new Client();
  const facts: Message[] = [...says("This is the setup."), {
    role: "assistant",
    content: "Got it. Thanks for the context!",
  }];
  const ask = (systemPrompt: string, text: string, calls: readonly ToolCall[] = []) =>
    client.call({ request: { systemPrompt, messages: [...facts, ...says(text)] } }, calls);
  const [task] = eventsOf(ask("You build.", "Where is parse() used?", [TASK]), "agent.tool_call");
  assert.deepEqual(causesOf(ask("You look.", PROMPT))?.map(({ event_id: id }) => id), [task?.event_id]);
  assert.equal(causesOf(ask("You build.", "Where is parse() used?")), undefined);
});

Deno.test("agents take nobody for a sub-agent who spoke before the call, or whose words only contain a prompt", () => {
  const client = new Client();
  const before = { request: { messages: says(PROMPT) } };
  assert.equal(causesOf(client.call(before, [TASK])), undefined);
  assert.equal(causesOf(client.call(before)), undefined);
  const quoting = { request: { messages: says(`Summary: I asked "${PROMPT}" and wait.`) } };
  assert.equal(causesOf(client.call(quoting)), undefined);
  const short = { ...TASK, id: "toolu_1111111111111111111111", arguments: { prompt: "go on" } };
  client.call({ request: { messages: says("other") } }, [short]);
  assert.equal(causesOf(client.call({ request: { messages: says("please go on") } })), undefined);
});

Deno.test("agents infer a sub-agent in a named session only where both instructions and first message are others", () => {
  const client = new Client();
  const ask = (systemPrompt: string, content: string) => {
    const events = client.call({
      headers: { "x-opencode-session-id": "s-1" },
      request: { systemPrompt, messages: says(content) },
    });
    const answer = events.find(({ event }) => event.event_type === "ai.response");
    return answer?.subAgent?.rule;
  };
  assert.equal(ask("You build.\nTime: 9:59", "make it"), undefined);
  assert.equal(ask("You build.\nTime: 10:00", "make it"), undefined);
  assert.equal(ask("You build.\nTime: 10:01", "summary: it is half made"), undefined, "compaction");
  assert.equal(ask("You plan.", "make it"), undefined, "another mode");
  assert.equal(ask("You explore only.", "look at it"), "other_instructions");
  assert.equal(ask("You plan.", "make it"), undefined);
});

Deno.test("agents follow a sub-agent whose requests bring only what is new", () => {
  const client = new Client();
  const headers = { "x-openai-subagent": "review" };
  client.call({ headers, request: { messages: says("review") } }, [LOOK]);
  const request = { isDelta: true, previousResponseId: "resp_0", messages: says("more") };
  const [agent] = agentsOf(client.call({ request }, [{ ...LOOK, id: `${LOOK.id}c` }]));
  assert.equal(agent?.type, "review");
});
