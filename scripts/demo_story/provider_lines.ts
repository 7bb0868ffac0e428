/** What the stand-in provider says in the recording of `oisp demo`. Everything is invented. */
import type { Line } from "../../tests/standin/script.ts";

/** In the order in which the programs of this folder ask. */
export const PROVIDER_LINES: readonly Line[] = [
  {
    when: "Which modules in src",
    wishes: {
      tool: { name: "bash", arguments: { command: "ls -1 src tests" } },
      inputTokens: 96,
      outputTokens: 15,
      id: "9xQ2f7",
      delayMs: 380,
      pauseMs: 35,
    },
  },
  {
    when: "test_fetch.py",
    times: 1,
    wishes: {
      status: 429,
      retryAfterS: 1,
      errorText: "Rate limit reached for gpt-4o-mini: limit 3 requests a minute. Try again in 1 s.",
      id: "9xQ2fk",
      delayMs: 60,
    },
  },
  {
    when: "test_fetch.py",
    wishes: {
      text: "parse.py and report.py have no test; fetch.py has one.",
      coding: "gzip",
      inputTokens: 138,
      outputTokens: 17,
      id: "9xQ2ga",
      delayMs: 540,
    },
  },
  {
    when: "retry loop",
    wishes: {
      tool: { name: "count_lines", arguments: { path: "src/fetch.py" } },
      inputTokens: 402,
      outputTokens: 58,
      id: "01Hk3vTq",
      delayMs: 620,
      pauseMs: 30,
    },
  },
  {
    when: "tool_result",
    wishes: {
      text: "Exponential waiting is right, but it has no upper bound. Take the key out of the log and rotate it.",
      inputTokens: 489,
      outputTokens: 31,
      id: "01Hk3vWs",
      delayMs: 1150,
    },
  },
  {
    when: "release 2.4",
    wishes: {
      text: "2.4: parse gets its tests, retries get their bound",
      model: "gpt-4o-2024-08-06",
      inputTokens: 23,
      outputTokens: 14,
      id: "9xQ2hd",
      delayMs: 450,
    },
  },
];
