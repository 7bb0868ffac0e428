/** What a text input does not say about times is in no event: no zeros, no 1970 without a word. */
import assert from "node:assert/strict";
import { exchanges } from "../core/capture/exchanges.ts";
import type { RedactedEvent } from "../core/model/oisp_event.ts";
import { runPipeline } from "./support/run_pipeline.ts";

const CHUNKS = ["Hel", "lo"].map((content) =>
  `data: ${JSON.stringify({ id: "c", choices: [{ index: 0, delta: { content } }] })}\n\n`
);
const STREAM = `${CHUNKS.join("")}data: [DONE]\n\n`;
const CALL = {
  role: "assistant",
  content: null,
  tool_calls: [{ id: "t1", type: "function", function: { name: "look", arguments: "{}" } }],
};

interface Times {
  readonly started_at?: string;
  readonly ended_at?: string;
  readonly date?: string;
}

function toLine(messages: readonly unknown[], response: string, { date, ...times }: Times): string {
  return JSON.stringify({
    id: "x",
    method: "POST",
    url: "https://api.openai.com/v1/chat/completions",
    request_headers: { "content-type": "application/json" },
    request_body: JSON.stringify({ model: "gpt-4o", stream: response === STREAM, messages }),
    status: 200,
    response_headers: {
      "content-type": response === STREAM ? "text/event-stream" : "application/json",
      ...(date !== undefined && { date }),
    },
    response_body: response,
    ...times,
  });
}

/** A turn that calls a tool, then one that carries the result and is answered by a stream. */
async function decode(first: Times, second: Times = first): Promise<readonly RedactedEvent[]> {
  const ask = { role: "user", content: "look" };
  const answer = JSON.stringify({ id: "a", choices: [{ index: 0, message: CALL, finish_reason: "tool_calls" }] });
  const lines = [
    toLine([ask], answer, first),
    toLine([ask, CALL, { role: "tool", tool_call_id: "t1", content: "seen" }], STREAM, second),
  ];
  const source = await exchanges.open({ from: new TextEncoder().encode(lines.join("\n") + "\n") });
  return (await runPipeline(source, "full")).events;
}

function findData(events: readonly RedactedEvent[], type: string): Record<string, unknown>[] {
  return events.filter((event) => event.event_type === type).map((event) => ({ ...event.data }));
}

const TIMED = ["latency_ms", "time_to_first_token_ms", "duration_ms", "duration_source"];

for (const [title, times] of [["a date", { date: "Wed, 19 Aug 2026 14:34:12 GMT" }], ["no time", {}]] as const) {
  Deno.test(`with ${title} only, no event has a latency, a pause or a duration`, async () => {
    const events = await decode(times);
    assert.equal(findData(events, "agent.tool_result").length, 1);
    for (const data of events.map((event) => event.data)) {
      assert.deepEqual(TIMED.filter((name) => name in data), []);
    }
    assert.deepEqual(findData(events, "ai.response").at(-1)?.stream, { chunks: 2 });
  });
}

Deno.test("start and end give the latency, not the times within", async () => {
  const events = await decode(
    { started_at: "2026-08-19T14:34:12.000Z", ended_at: "2026-08-19T14:34:12.250Z" },
    { started_at: "2026-08-19T14:34:13.000Z", ended_at: "2026-08-19T14:34:13.500Z" },
  );
  const answers = findData(events, "ai.response");
  assert.deepEqual(answers.map((data) => data.latency_ms), [250, 500]);
  assert.deepEqual([answers[1]?.stream, answers[1]?.time_to_first_token_ms], [{ chunks: 2 }, undefined]);
  assert.equal(findData(events, "agent.tool_result")[0]?.duration_ms, 750);
});

Deno.test("events without any known time say so", async () => {
  for (const event of await decode({})) {
    assert.ok(event.confidence?.reasons?.includes("time_unknown"), event.event_type);
  }
  for (const event of await decode({ date: "Wed, 19 Aug 2026 14:34:12 GMT" })) {
    assert.equal(event.timestamp, "2026-08-19T14:34:12.000000Z");
    assert.equal(event.confidence?.reasons?.includes("time_unknown") ?? false, false);
  }
});
