/** The language, said to people; help and `docs/filter.md` are made from it. */

/** An example and what it finds. */
export interface FilterExample {
  readonly text: string;
  readonly says: string;
}

/** Examples, simple ones first. Each is a filter that can be used. */
export const FILTER_EXAMPLES: readonly FilterExample[] = [
  { text: "type:ai.response", says: "answers" },
  { text: "type:agent.*", says: "everything agents did; a star stands for any text" },
  { text: "provider:openai,anthropic", says: "either of them" },
  { text: "tokens>1000 or cost>$0.01", says: "large or dear calls" },
  { text: "latency>2s not status:200", says: "slow and not a success; words beside each other mean and" },
  { text: "process:python* and not (model:gpt-4o* or error:*)", says: "parentheses; field:* asks whether it is there" },
  { text: "exe~venv", says: "a part of a text" },
  { text: "berlin", says: "this word in any text of the event" },
  { text: '"connection reset" type!=ai.request', says: "quotes keep spaces and signs" },
  { text: "usage.cached_tokens>0", says: "any field of docs/events.md; data. may be left out" },
];

/** Rows of the operators. */
export const FILTER_OPERATORS: readonly (readonly [operator: string, meaning: string])[] = [
  ["field:value  field=value", "equal, upper and lower case alike; * stands for any text; A,B means either"],
  ["field!=value", "there, and not equal"],
  ["field~text  field!~text", "holds the text; is there and does not"],
  ["> >= < <=", "numbers, durations (800ms, 2s), sizes (10kB, 1MiB), dollars ($0.01), times (2026-11-21T10:00:00Z)"],
  ["field:*", "the field is there"],
  ['word  "some text"', "in any text of the event"],
  ["and or not ( )", "also && || !; not binds closest, then and; words beside each other mean and"],
];
