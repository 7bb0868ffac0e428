/** What the schema cannot say about events: a sentence a type, a phrase a field, and what differs from the public schema. */

/** One sentence a type. */
export const TYPE_NOTES: Readonly<Record<string, string>> = {
  "ai.request":
    "A request to a model, when it is complete. `timestamp` is the time of its first byte. `attrs.purpose` says what an agent makes a " +
    "call for besides its task (`title`, `summary`, `routing`, `quota_probe`, `prewarm`, `memory`, `count_tokens`, `auxiliary`), " +
    "`attrs.purpose_rule` who says so; `attrs.agent` is the sub-agent that makes the call, as in `agent.*` events. The answer has the " +
    "same.",
  "ai.response":
    "The answer, when it has ended: last byte, end of stream, connection closed, or idle time-out. `timestamp` is the time of " +
    "its last byte. A provider's error is an answer with `success: false`. Where a vendor only takes work on and its outcome is fetched " +
    "later, the outcome is the answer: `latency_ms` then holds the client's pauses, `attrs.polls` is how many requests asked for it, " +
    "`attrs.accepted_ms` how long the vendor took to take it on; `outcome_not_seen` in `confidence.reasons` says that nobody fetched it: `success` is then that of taking it on " +
    "([decision 0009](decisions/0009-answers-fetched-later.md)).",
  "ai.streaming_chunk":
    "One piece of a streamed answer; the last one has no piece but says why the answer ended. Off unless asked for.",
  "ai.embedding": "One embedding exchange, at its end; it has no `ai.request` and no `ai.response`.",
  "agent.tool_call": "The model asked for a tool. Once, although every later request repeats the conversation.",
  "agent.tool_result":
    "What the tool gave. Once. `duration_source` says what was timed, most exact first: `wire` (the call itself, MCP), `process` (the " +
    "program it ran), `stated_in_result`, `file_write` (until an edit tool's last write), or `next_request`, an upper bound: the time " +
    "until the result was sent to the model. The last two contain the time a person took to approve the call. " +
    "`attrs.approval_wait_ms` is how long the only call of an answer waited from the answer's end to the start of its program.",
  "agent.plan_step": "A step of the agent's plan, by rules that are named in `confidence.reasons`.",
  "agent.session":
    "An agent's session began or ended, by the rule in `rule`. The first session of a known agent's program began when the program was " +
    "started (`related_events`, rule `agent_exec`), though it is told with the first request that has tools. Why it ended is " +
    "in `confidence.reasons`: `process_ended`, `idle`, `capture_ended`, `table_full`.",
  "process.exec": "A program started. `args` is without argv[0].",
  "process.exit": "A program ended.",
  "process.fork": "A process made another one.",
  "file.open": "A file was opened. No capture in this version makes it yet.",
  "file.read": "A file was read. No capture in this version makes it yet.",
  "file.write":
    "A file was written, or one that a program wrote took its place (`attrs.renamed_from`). No capture in this version makes it yet.",
  "file.close": "A file was closed. No capture in this version makes it yet.",
  "network.connect": "A connection was made.",
  "network.dns": "A name was looked up. No capture in this version makes it yet.",
  "sensor.loss": "Bytes were lost, and why. Counters are never silent.",
  "sensor.coverage": "A program or connection that is not, or not wholly, covered, and why.",
};

/** A phrase a field, by its path. */
export const FIELD_NOTES: Readonly<Record<string, string>> = {
  oisp_version: "version of the event schema",
  event_id: "ULID; the same for the same capture, live or replayed",
  timestamp:
    "RFC 3339, UTC, six digits; capture time, never the time of decoding. Text inputs: the times of the line, else the `date` of the answer; with neither 1970 and `time_unknown` in `confidence.reasons`",
  attrs: "what has no field of its own, for example `exchange_id`, `dialect`, `role`",
  related_events: "why this event belongs to another one",
  "redaction.original_hash": "HMAC-SHA-256 of the content before redaction, with the installation key",
  "redaction.patterns_found": "classes, for example `email`, `api_key`",
  latency_ms: "from the first byte of the request to the last byte of the answer",
  time_to_first_token_ms: "from the first byte of the request to the first piece of content",
  "usage.prompt_tokens": "all input, cache reads and writes included, whatever the vendor counts",
  "usage.completion_tokens": "all billed output, reasoning included",
  "usage.total_tokens": "only when given or exactly derivable",
  "cost.usd": "absent when model or price is unknown; never 0 for unknown",
  "model.family": "from a checked table, else absent",
  "model.requested_id": "set when the answer names a more exact model",
  "provider.id": "absent for hosts that are in no list; then `attrs.dialect` says how it was decoded",
  is_delta: "the request continues state that the server holds: `messages` is only what is new",
  "agent.id": "of a sub-agent, as the client names it",
  "agent.type": "kind of a sub-agent, as the client names it, for example `Explore`",
  "agent.parent": "only of a sub-agent: the agent it works for, as the client names it, else that one's session",
  "agent.rule":
    "why it is a sub-agent: `header:...`, `task_prompt` (its first message is the prompt of a tool call), `other_instructions` (inferred: " +
    "other instructions and another first message than the session's own agent)",
  "stats.llm_calls": "all calls of models, auxiliary ones included",
  "stats.turns": "what the user asked for, as the client numbers it, else each new text of the user",
  "stats.auxiliary_calls": "calls with a `purpose`",
  message_count: "entries of the conversation, system text not counted",
};

/** What is different from the public schema v0.1, and why. */
export const V01_DIFFERENCES: readonly (readonly [what: string, why: string])[] = [
  [
    "`ts` is `timestamp`, `web_context` is `web`, `app.app_id` is `app.id`, `actor.user` is `actor.username`",
    "the event reference names them so; the twins are not emitted beside them",
  ],
  ["`data.messages_count` is `message_count`, `provider_request_id` is `request_id`", "the same"],
  [
    "`usage.*_cost_usd` are `cost.usd`, `cost.input_usd`, `cost.output_usd`",
    "cost has its own object with the date of its prices",
  ],
  [
    "`agent.tool_result.result_size_bytes` is `result_length`; `file.write.bytes_written` is `size`",
    "the event reference",
  ],
  ["`network.connect.src` and `dest` are `local` and `remote`; `tls` is a boolean", "the event reference"],
  [
    "`process.cmdline` is a list; `process.exec.args` leaves argv[0] out",
    "a joined command line cannot be taken apart again",
  ],
  [
    "`provider.name` is a name for people, `provider.id` is the stable word",
    'the reference\'s example `jq \'select(.data.provider.name == "openai")\'` is written `.data.provider.id == "openai"` here',
  ],
  [
    "`messages[].content` is text or absent, never a `$redacted` object",
    "`safe` gives `content_length` and `content_hash` instead",
  ],
  ["`confidence` is computed for every event", "a constant would say nothing"],
  ["`sensor.loss` and `sensor.coverage` are new", "a reader must be able to see what is missing"],
  ["`capture.raw` does not exist", "captured bytes never leave memory, except for a recording that was asked for"],
  [
    "`ts_mono`, `tid`, `conversation`, `agent.framework`, `thinking` are not emitted",
    "the event reference does not have them; `conversation_id` and `usage.reasoning_tokens` say what is known",
  ],
];
