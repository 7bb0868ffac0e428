/** Calls without lasting ids, in conversations that are alike. */
import assert from "node:assert/strict";
import type { DraftEvent } from "../model/draft.ts";
import type { Message, ToolCall } from "../model/model_call.ts";
import { tools } from "./tools.ts";
import { draftOf, eventsOf, play, SECOND_NS } from "../../tests/support/drafts.ts";

const LOOK: ToolCall = { name: "look", type: "function", arguments: { at: "a" } };
const START: Message[] = [{ role: "user", content: "go" }];

let ordinal = 0;

/** A request with this history, and the answer to it. */
function ask(messages: readonly Message[], calls: readonly ToolCall[] = []): DraftEvent[] {
  ordinal++;
  const request = { messages: [...messages] };
  const at = { ordinal, timeNs: ordinal * SECOND_NS, request };
  const choices = [{ index: 0, message: { role: "assistant", toolCalls: [...calls] } }];
  return [draftOf("ai.request", at), draftOf("ai.response", { ...at, response: { choices } })];
}

const answered = (messages: readonly Message[], call: ToolCall, content: string): Message[] => [
  ...messages,
  { role: "assistant", toolCalls: [call] },
  {
    role: "tool",
    toolResults: [{ ...(call.id !== undefined && { callId: call.id }), name: call.name, content }],
  },
];

/** For each result, the place of the call it was linked to; undefined for none. */
function linksOf(drafts: readonly DraftEvent[]): (number | undefined)[] {
  const events = play(tools, drafts);
  const calls = eventsOf(events, "agent.tool_call").map(({ event_id: id }) => id);
  return eventsOf(events, "agent.tool_result").map(({ data }) =>
    data.related_event_id === undefined ? undefined : calls.indexOf(data.related_event_id)
  );
}

for (const call of [LOOK, { ...LOOK, id: "call_0" }]) {
  const name = call.id === undefined ? "without ids" : "with ids that come again";

  Deno.test(`calls ${name}: the same conversation once more gives its results once more`, () => {
    const once = () => [...ask(START, [call]), ...ask(answered(START, call, "seen"))];
    assert.deepEqual(linksOf([...once(), ...once()]), [0, 1]);
  });

  Deno.test(`calls ${name}: a request sent again gives nothing more, whatever its answers asked for`, () => {
    const second = answered(START, call, "seen");
    assert.deepEqual(linksOf([...ask(START, [call]), ...ask(START, [call]), ...ask(second), ...ask(second)]), [1]);
    // The answer to it asks for the same again: that is another call.
    const third = answered(second, call, "seen");
    assert.deepEqual(linksOf([...ask(START, [call]), ...ask(second, [call]), ...ask(second), ...ask(third)]), [0, 1]);
  });

  Deno.test(`calls ${name}: after a summary in place of the history the result finds its call by name and arguments`, () => {
    const summary: Message[] = [{ role: "user", content: "what was before" }];
    assert.deepEqual(linksOf([...ask(START, [call]), ...ask(answered(summary, call, "seen"))]), [0]);
    const other = { ...call, arguments: { at: "b" } };
    assert.deepEqual(linksOf([...ask(START, [call]), ...ask(answered(summary, other, "seen"))]), [undefined]);
    // Two conversations asked for the same.
    const both = [...ask(START, [call]), ...ask([{ role: "user", content: "too" }], [call])];
    assert.deepEqual(linksOf([...both, ...ask(answered(summary, call, "seen"))]), [undefined]);
  });
}

Deno.test("calls with ids whose results have none are told by name and place, and with less confidence", () => {
  const call = { ...LOOK, id: "call_0" };
  const history = answered(START, call, "seen").map(({ toolResults, ...message }) => ({
    ...message,
    ...(toolResults && { toolResults: [{ name: "look", content: "seen" }] }),
  }));
  const events = play(tools, [...ask(START, [call]), ...ask(history)]);
  const [result] = eventsOf(events, "agent.tool_result");
  assert.equal(result?.data.related_event_id, eventsOf(events, "agent.tool_call")[0]?.event_id);
  assert.equal(result?.confidence.level, "medium");
});
