import assert from "node:assert/strict";
import { tools } from "./tools.ts";
import { answerWithCall, draftOf, eventsOf, play, requestWithResult, SECOND_NS } from "../../tests/support/drafts.ts";

Deno.test("tools publishes a call once and its result once although later requests repeat the history", () => {
  const events = play(tools, [
    draftOf("ai.response", answerWithCall),
    requestWithResult(1, 5 * SECOND_NS),
    requestWithResult(2, 9 * SECOND_NS),
    requestWithResult(3, 12 * SECOND_NS),
  ]);
  const [call] = eventsOf(events, "agent.tool_call");
  const results = eventsOf(events, "agent.tool_result");
  assert.equal(events.length, 2);
  assert.deepEqual(call?.data.arguments, { city: "Oslo" });
  assert.equal(results[0]?.data.related_event_id, call?.event_id);
  assert.equal(results[0]?.data.duration_ms, 3000);
  assert.equal(results[0]?.data.result_length, 6);
  assert.equal(results[0]?.data.success, true);
});

Deno.test("tools publishes a result whose call was before capture with the name of the history and no duration", () => {
  const [result] = eventsOf(play(tools, [requestWithResult(0, SECOND_NS)]), "agent.tool_result");
  assert.equal(result?.data.tool?.name, "get_weather");
  assert.equal(result?.data.duration_ms, undefined);
  assert.equal(result?.confidence.completeness, "partial");
});

Deno.test("tools matches calls without ids by name and order, and only in the newest turn", () => {
  const call = (name: string) => ({ name, type: "function", arguments: {} });
  const turn = (ordinal: number, timeNs: number) =>
    draftOf("ai.request", {
      ordinal,
      timeNs,
      request: {
        messages: [
          { role: "user", content: "go" },
          { role: "user", toolResults: [{ name: "old", content: "1" }] },
          { role: "model", toolCalls: [call("a"), call("b")] },
          { role: "user", toolResults: [{ name: "b", content: "2" }, { name: "a", content: "3" }] },
        ],
      },
    });
  const events = play(tools, [
    draftOf("ai.response", {
      ordinal: 0,
      timeNs: SECOND_NS,
      request: { messages: [{ role: "user", content: "go" }] },
      response: { choices: [{ index: 0, message: { role: "model", toolCalls: [call("a"), call("b")] } }] },
    }),
    turn(1, 2 * SECOND_NS),
    turn(2, 3 * SECOND_NS),
  ]);
  const results = eventsOf(events, "agent.tool_result");
  const calls = eventsOf(events, "agent.tool_call");
  assert.deepEqual(results.map((result) => result.data.tool?.name), ["b", "a"]);
  assert.deepEqual(results.map((result) => result.data.related_event_id), [calls[1]?.event_id, calls[0]?.event_id]);
});

Deno.test("tools gives MCP tools their server and built-in tools their kind", () => {
  const named = (name: string) => ({ id: name, name, type: "function" });
  const events = play(tools, [draftOf("ai.response", {
    ...answerWithCall,
    response: {
      choices: [{
        index: 0,
        message: { role: "assistant", toolCalls: ["mcp__github__list_issues", "Bash", "frobnicate"].map(named) },
      }],
    },
  })]);
  assert.deepEqual(eventsOf(events, "agent.tool_call").map((event) => [event.data.tool.kind, event.data.tool.server]), [
    ["mcp", "github"],
    ["shell", undefined],
    ["other", undefined],
  ]);
});

Deno.test("tools takes an id that comes again for a new call, and its old results for history", () => {
  const call = (n: number) => ({ id: "functions.get:0", name: "get", type: "function", arguments: { n } });
  const answer = (ordinal: number, n: number) =>
    draftOf("ai.response", {
      ordinal,
      timeNs: (2 * ordinal + 1) * SECOND_NS,
      response: { choices: [{ index: 0, message: { role: "assistant", toolCalls: [call(n)] } }] },
    });
  const turn = (n: number) => [
    { role: "assistant", toolCalls: [call(n)] },
    { role: "tool", toolResults: [{ callId: "functions.get:0", content: `result ${n}` }] },
  ];
  const request = (ordinal: number, turns: number) =>
    draftOf("ai.request", {
      ordinal,
      timeNs: 2 * ordinal * SECOND_NS,
      request: {
        messages: [{ role: "user", content: "go" }, ...Array.from({ length: turns }, (_, n) => turn(n)).flat()],
      },
    });
  const events = play(tools, [answer(0, 0), request(1, 1), answer(1, 1), request(2, 2), request(3, 2)]);
  const calls = eventsOf(events, "agent.tool_call");
  const results = eventsOf(events, "agent.tool_result");
  assert.deepEqual(calls.map((event) => event.data.arguments), [{ n: 0 }, { n: 1 }]);
  assert.deepEqual(results.map((event) => event.data.result), ["result 0", "result 1"]);
  assert.deepEqual(results.map((event) => event.data.related_event_id), calls.map((event) => event.event_id));
});

Deno.test("tools matches results whose ids the client made up to the calls without ids that they answer", () => {
  const nameless = (city: string) => ({ name: "get_weather", type: "function", arguments: { city } });
  const calls = [nameless("Oslo"), nameless("Rome")];
  const ids = ["get_weather_1795275579531_0", "get_weather_1795275579531_1"];
  const history = [
    { role: "user", content: "weather?" },
    { role: "assistant", toolCalls: calls.map((call, index) => ({ ...call, id: ids[index] ?? "" })) },
    {
      role: "tool",
      toolResults: ids.map((callId, index) => ({ callId, name: "get_weather", content: `${index} °C` })),
    },
  ];
  const events = play(tools, [
    draftOf("ai.request", { ordinal: 0, timeNs: 0, request: { messages: [{ role: "user", content: "weather?" }] } }),
    draftOf("ai.response", {
      ordinal: 0,
      timeNs: SECOND_NS,
      request: { messages: [{ role: "user", content: "weather?" }] },
      response: { choices: [{ index: 0, message: { role: "assistant", toolCalls: calls } }] },
    }),
    draftOf("ai.request", { ordinal: 1, timeNs: 2 * SECOND_NS, request: { messages: history } }),
    draftOf("ai.request", {
      ordinal: 2,
      timeNs: 3 * SECOND_NS,
      request: { messages: [...history, { role: "assistant", content: "cold" }, { role: "user", content: "thanks" }] },
    }),
  ]);
  const asked = eventsOf(events, "agent.tool_call");
  const results = eventsOf(events, "agent.tool_result");
  assert.deepEqual(results.map(({ data }) => [data.related_event_id, data.result]), [
    [asked[0]?.event_id, "0 °C"],
    [asked[1]?.event_id, "1 °C"],
  ]);
  assert.deepEqual(results.map(({ confidence }) => confidence.level), ["medium", "medium"]);
});
