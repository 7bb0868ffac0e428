import { CORRELATORS } from "../../core/correlate/registry.ts";
import type { DraftEvent } from "../../core/model/draft.ts";
import type { Message, ToolCall, ToolResult } from "../../core/model/model_call.ts";
import { draftOf, exitOf, Stories } from "../support/drafts.ts";
import type { FuzzTarget } from "../support/fuzz.ts";
import type { Random } from "../support/random.ts";

const TOOL_NAMES = [
  "Bash",
  "exec",
  "Write",
  "apply_patch",
  "Task",
  "TodoWrite",
  "TaskUpdate",
  "a.b",
  "mcp__s__t",
  "",
  "look",
];
const IDS = ["call_0", "call_1", "toolu_01234567890123456789", "toolu_98765432109876543210", "x"];
const MEMBERS = [
  "command",
  "commands",
  "cmd",
  "file_path",
  "path",
  "patch",
  "prompt",
  "todos",
  "plan",
  "taskId",
  "status",
  "id",
];
const TEXTS = [
  "",
  "ls -l",
  "make test",
  "../a/./b",
  "*** Begin Patch\n*** Update File: a\n*** Move to: /b",
  "tools.exec_command({cmd: 'make test'}); tools.f(`${",
  "Exit code: 3\nWall time: 1.5 seconds\nOutput:\n",
  '{"output":"","exit_code":1,"wall_time_seconds":2}',
  "Task #4 created",
  "a prompt that is long enough to be found",
  "é😀\u0000\ud800",
];
const HEADERS: readonly (readonly [string, string])[] = [
  ["session-id", "s"],
  ["x-claude-code-agent-id", "a"],
  ["x-claude-code-request-class", "auxiliary"],
  ["x-codex-turn-metadata", '{"turn_id":1,"parent_thread_id":"p"}'],
  ["x-codex-turn-metadata", "[1"],
  ["x-openai-subagent", "review"],
];

function junk(random: Random, depth = 0): unknown {
  switch (random.below(depth > 3 ? 4 : 6)) {
    case 0:
      return random.pick(TEXTS);
    case 1:
      return random.below(100) - 50;
    case 2:
      return random.pick([true, false, null]);
    case 3:
      return random.pick(TEXTS);
    case 4:
      return Array.from({ length: random.below(4) }, () => junk(random, depth + 1));
    default:
      return Object.fromEntries(
        Array.from({ length: random.below(4) }, () => [random.pick(MEMBERS), junk(random, depth + 1)]),
      );
  }
}

function toolCall(random: Random): ToolCall {
  return {
    name: random.pick(TOOL_NAMES),
    type: random.pick(["function", "custom", "server"]),
    ...(!random.once(3) && { id: random.pick(IDS) }),
    ...(!random.once(6) && { arguments: junk(random) }),
  };
}

function toolResult(random: Random): ToolResult {
  return {
    ...(!random.once(3) && { callId: random.pick(IDS) }),
    ...(random.once(2) && { name: random.pick(TOOL_NAMES) }),
    ...(!random.once(6) && { content: random.pick(TEXTS) }),
  };
}

function message(random: Random): Message {
  return {
    role: random.pick(["user", "assistant", "model", "tool", "system", ""]),
    ...(random.once(2) && { content: random.pick(TEXTS) }),
    ...(random.once(3) && { toolCalls: [toolCall(random), toolCall(random)] }),
    ...(random.once(3) && { toolResults: [toolResult(random), toolResult(random)] }),
  };
}

function nextDrafts(random: Random, ordinal: number): DraftEvent[] {
  const timeNs = ordinal * 1e9;
  if (random.once(5)) return [exitOf(random.below(4), timeNs)];
  if (random.once(4)) {
    const data = { pid: random.below(4), exe: "/bin/bash", args: ["-c", random.pick(TEXTS)] };
    const event = { event_type: "process.exec", event_id: `exec_${ordinal}`, data, confidence: {} };
    return [{ event, timeNs, processKey: 3 } as unknown as DraftEvent];
  }
  const headers = Object.fromEntries(Array.from({ length: random.below(3) }, () => random.pick(HEADERS)));
  const request = draftOf("ai.request", {
    ordinal,
    timeNs,
    headers,
    request: {
      messages: Array.from({ length: random.below(5) }, () => message(random)),
      tools: random.once(3) ? [] : [{ type: "function", name: "Bash" }],
      ...(random.once(4) && { isDelta: true, previousResponseId: "r1" }),
      ...(random.once(4) && { systemPrompt: random.pick(TEXTS) }),
    },
  });
  const answer = draftOf("ai.response", { ordinal, timeNs: timeNs + 1e8, headers, response: {} });
  const response = { requestId: random.pick(["r1", "r2"]), choices: [{ index: 0, message: message(random) }] };
  const call = { ...request.call, response } as NonNullable<DraftEvent["call"]>;
  return [request, { ...answer, call, ...(request.exchange && { exchange: request.exchange }) }];
}

/** Conversations without sense: no story fails, no id is given twice, and every link leads to an event that was told. */
export const storyFuzz: FuzzTarget = {
  name: "stories",
  run(random) {
    const stories = new Stories(CORRELATORS);
    const events = Array.from({ length: 12 }, (_, ordinal) => nextDrafts(random, ordinal)).flat()
      .flatMap((draft) => stories.push(draft));
    events.push(...stories.advance(1e15), ...stories.close());
    const told = events.map(({ event }) => event).filter(({ event_type: type }) => !type.startsWith("process."));
    const ids = new Set(events.map(({ event }) => event.event_id));
    if (new Set(told.map(({ event_id: id }) => id)).size !== told.length) throw new Error("an id was given twice");
    for (const event of told) {
      const links = (event.related_events ?? []).map(({ event_id: id }) => id);
      const related = "related_event_id" in event.data ? event.data.related_event_id : undefined;
      for (const id of related === undefined ? links : [...links, related]) {
        if (!ids.has(id)) throw new Error(`a link of ${event.event_type} leads nowhere: ${id}`);
      }
    }
  },
};
