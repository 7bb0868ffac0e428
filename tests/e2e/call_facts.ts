/**
 * The facts of one call, twice: as the stand-in's log has them (read here without any part of oisp), and as the events have
 * them. Tests ask for the two to be equal.
 */
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { Buffer } from "node:buffer";
import type { EventOf, OispEvent } from "../../core/model/oisp_event.ts";
import { listOf, recordOf } from "../standin/answer.ts";
import type { LoggedExchange } from "../standin/exchange_log.ts";

/** One call, comparable. */
export interface CallFacts {
  readonly provider: string;
  readonly model: string;
  readonly streaming: boolean;
  /** Role and text of each message of the request. */
  readonly messages: readonly string[];
  readonly status: number;
  readonly text: string;
  readonly tools: readonly string[];
  readonly finish: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Facts of every logged call, sorted by the request's text. */
export function factsOfLog(log: readonly LoggedExchange[]): CallFacts[] {
  return sortFacts(log.filter(({ path }) => path.startsWith("/v1/")).map(factsOfExchange));
}

/** Facts of every captured pair of request and answer, sorted alike. @throws {Error} when a request has no answer */
export function factsOfEvents(events: readonly OispEvent[]): CallFacts[] {
  const answers = new Map(
    events.filter((event) => event.event_type === "ai.response").map((event) => [event.data.related_event_id, event]),
  );
  return sortFacts(
    events.filter((event) => event.event_type === "ai.request").map((request) => {
      const answer = answers.get(request.event_id);
      if (!answer) throw new Error(`request ${request.event_id} has no answer`);
      return factsOfPair(request, answer);
    }),
  );
}

function sortFacts(facts: CallFacts[]): CallFacts[] {
  return facts.sort((a, b) => a.messages.join() + a.text < b.messages.join() + b.text ? -1 : 1);
}

const FINISH: Record<string, string> = { end_turn: "stop", tool_use: "tool_calls" };

function factsOfExchange(line: LoggedExchange): CallFacts {
  const request = recordOf(JSON.parse(Buffer.from(line.request_body, "base64").toString()));
  const isAnthropic = line.host.includes("anthropic");
  const system = typeof request.system === "string" ? [`system:${request.system}`] : [];
  const answer = readAnswer(line, isAnthropic);
  return {
    provider: isAnthropic ? "anthropic" : "openai",
    model: String(request.model),
    streaming: request.stream === true,
    messages: [
      ...system,
      ...listOf(request.messages).map((message) => `${recordOf(message).role}:${recordOf(message).content}`),
    ],
    status: line.status,
    ...answer,
    finish: FINISH[answer.finish] ?? answer.finish,
  };
}

type AnswerFacts = Pick<CallFacts, "text" | "tools" | "finish" | "inputTokens" | "outputTokens">;

function readAnswer(line: LoggedExchange, isAnthropic: boolean): AnswerFacts {
  const text = decodeBody(line);
  if (!text.startsWith("data:") && !text.startsWith("event:")) {
    const body = recordOf(JSON.parse(text));
    return isAnthropic ? readMessage(body) : readCompletion(body);
  }
  const events = text.split("\n\n").map((event) => /^data: (.*)$/m.exec(event)?.[1] ?? "").filter((data) =>
    data.startsWith("{")
  );
  const documents = events.map((data) => recordOf(JSON.parse(data)));
  return isAnthropic ? readMessageStream(documents) : readCompletionStream(documents);
}

/** The answer's body without its content coding. */
export function decodeBody(line: LoggedExchange): string {
  const bytes = Buffer.from(line.response_body, "base64");
  const coders: Record<string, (bytes: Uint8Array) => Uint8Array> = {
    gzip: gunzipSync,
    br: brotliDecompressSync,
    deflate: inflateSync,
  };
  const decode = coders[line.content_encoding ?? ""];
  return new TextDecoder().decode(decode ? decode(bytes) : bytes);
}

function readCompletion(body: Record<string, unknown>): AnswerFacts {
  const choice = recordOf(listOf(body.choices)[0]);
  const message = recordOf(choice.message);
  const usage = recordOf(body.usage);
  return {
    text: String(message.content ?? ""),
    tools: listOf(message.tool_calls).map((call) => {
      const { name, arguments: text } = recordOf(recordOf(call).function);
      return `${recordOf(call).id} ${name} ${text}`;
    }),
    finish: String(choice.finish_reason ?? ""),
    inputTokens: Number(usage.prompt_tokens ?? 0),
    outputTokens: Number(usage.completion_tokens ?? 0),
  };
}

function readCompletionStream(documents: readonly Record<string, unknown>[]): AnswerFacts {
  const choices = documents.map((document) => recordOf(listOf(document.choices)[0]));
  const calls = choices.map((choice) => recordOf(listOf(recordOf(choice.delta).tool_calls)[0]));
  const first = calls.find((call) => call.id !== undefined);
  const text = calls.map((call) => String(recordOf(call.function).arguments ?? "")).join("");
  const usage = recordOf(documents.map((document) => document.usage).findLast((value) => value));
  return {
    text: choices.map((choice) => String(recordOf(choice.delta).content ?? "")).join(""),
    tools: first ? [`${first.id} ${recordOf(first.function).name} ${text}`] : [],
    finish: String(choices.map((choice) => choice.finish_reason).findLast((value) => value) ?? ""),
    inputTokens: Number(usage.prompt_tokens ?? 0),
    outputTokens: Number(usage.completion_tokens ?? 0),
  };
}

function readMessage(body: Record<string, unknown>): AnswerFacts {
  const parts = listOf(body.content).map(recordOf);
  const usage = recordOf(body.usage);
  return {
    text: parts.map((part) => String(part.text ?? "")).join(""),
    tools: parts.filter((part) => part.type === "tool_use").map(({ id, name, input }) =>
      `${id} ${name} ${JSON.stringify(input)}`
    ),
    finish: String(body.stop_reason ?? ""),
    inputTokens: Number(usage.input_tokens ?? 0),
    outputTokens: Number(usage.output_tokens ?? 0),
  };
}

function readMessageStream(documents: readonly Record<string, unknown>[]): AnswerFacts {
  const block = recordOf(documents.find(({ type }) => type === "content_block_start")?.content_block);
  const deltas = documents.filter(({ type }) => type === "content_block_delta").map(({ delta }) => recordOf(delta));
  const start = recordOf(recordOf(documents.find(({ type }) => type === "message_start")).message);
  const end = documents.find(({ type }) => type === "message_delta") ?? {};
  return {
    text: deltas.map(({ text }) => String(text ?? "")).join(""),
    tools: block.type === "tool_use"
      ? [`${block.id} ${block.name} ${deltas.map(({ partial_json }) => String(partial_json ?? "")).join("")}`]
      : [],
    finish: String(recordOf(end.delta).stop_reason ?? ""),
    inputTokens: Number(recordOf(start.usage).input_tokens ?? 0),
    outputTokens: Number(recordOf(end.usage).output_tokens ?? 0),
  };
}

function factsOfPair(request: EventOf<"ai.request">, answer: EventOf<"ai.response">): CallFacts {
  const choice = answer.data.choices?.[0];
  const messages = (request.data.messages ?? []).map(({ role, content }) => `${role}:${content}`);
  // Formats that keep the system text outside their messages have it in a field of its own.
  const system = typeof request.data.system_prompt === "string" ? [`system:${request.data.system_prompt}`] : [];
  return {
    provider: request.data.provider?.id ?? "",
    model: request.data.model?.id ?? "",
    streaming: request.data.streaming ?? false,
    messages: messages.some((message) => message.startsWith("system:")) ? messages : [...system, ...messages],
    status: answer.data.status_code ?? 0,
    text: choice?.message.content ?? "",
    tools: (choice?.message.tool_calls ?? []).map(({ id, name, arguments: value }) =>
      `${id} ${name} ${typeof value === "string" ? value : JSON.stringify(value)}`
    ),
    finish: choice?.finish_reason ?? "",
    inputTokens: answer.data.usage?.prompt_tokens ?? 0,
    outputTokens: answer.data.usage?.completion_tokens ?? 0,
  };
}
