import assert from "node:assert/strict";
import type { OispEvent } from "../../core/model/oisp_event.ts";
import { createRedactor } from "../../core/redact/redactor.ts";
import { renderEventLine } from "./event_line.ts";
import { toColumns } from "./width.ts";

const envelope = {
  oisp_version: "0.1",
  event_id: "01M0D73AN04KRCSYHSAXR2JRTT",
  timestamp: "2026-08-19T14:34:12.123456Z",
  confidence: { level: "high", completeness: "full" },
  process: { pid: 4121, name: "python3" },
} as const;

function render(event: OispEvent, columns = 200): string {
  const view = createRedactor({ modes: ["masked"] }).push(event)[0]?.[0];
  assert.ok(view);
  return renderEventLine(view, { hasColor: false, columns }).replace(/^\d\d:\d\d:\d\d/, "TIME");
}

Deno.test("an answer shows process, provider, model, tokens, cost and latency", () => {
  const line = render({
    ...envelope,
    event_type: "ai.response",
    data: {
      provider: { id: "openai" },
      model: { id: "gpt-4o" },
      success: true,
      usage: { prompt_tokens: 1200, completion_tokens: 34 },
      cost: { usd: 0.0123 },
      latency_ms: 1400,
      time_to_first_token_ms: 320,
      finish_reason: "stop",
    },
  });
  assert.equal(
    line,
    "TIME.123  python3[4121]           answer     openai gpt-4o  1,200→34 tokens  $0.0123  1.4 s  first 320 ms  stop",
  );
});

Deno.test("what is unknown is a question mark", () => {
  const line = render({
    ...envelope,
    event_type: "ai.response",
    data: { provider: { endpoint: "https://a.example/v1/x" } },
  });
  assert.match(line, /answer +a\.example \? +\? tokens +\?$/);
});

Deno.test("captured text cannot act on the terminal", () => {
  const line = render({
    ...envelope,
    process: { pid: 1, name: "a\x1b[2J\u202e" },
    event_type: "ai.response",
    data: { success: false, status_code: 429, error: { type: "x\x07", message: "bad\r\nnews\x9b" } },
  });
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(line, /[\x00-\x1f\x7f-\x9f\u202e]/);
  assert.match(line, /failed/);
});

Deno.test("a line is never wider than the terminal", () => {
  const event: OispEvent = {
    ...envelope,
    event_type: "agent.plan_step",
    data: { step_type: "planning", description: "世界 ".repeat(80) },
  };
  for (const columns of [80, 100, 200]) assert.ok(toColumns(render(event, columns)) <= columns);
});
