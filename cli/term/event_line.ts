/** One event as one line for a person: time, process, what happened, numbers. Everything captured is sanitised. */
import type { EventOf, RedactedEvent } from "../../core/model/oisp_event.ts";
import { paint, type Style } from "./color.ts";
import { renderBytes, renderCost, renderCount, renderDuration } from "./number.ts";
import { sanitize } from "./sanitize.ts";
import { fit, pad } from "./width.ts";

/** How lines are made. */
export interface LineOptions {
  readonly hasColor: boolean;
  readonly columns: number;
}

interface LineParts {
  readonly kind: string;
  readonly style?: Style;
  readonly words: readonly (string | undefined)[];
}

type Renderers = { readonly [T in RedactedEvent["event_type"]]?: (event: EventOf<T>) => LineParts };

const PROCESS_COLUMNS = 22;
const KIND_COLUMNS = 9;

function renderModel(
  data: {
    provider?: { id?: string | undefined; endpoint?: string | undefined } | undefined;
    model?: { id?: string | undefined } | undefined;
  },
): string {
  const provider = data.provider?.id ?? hostOf(data.provider?.endpoint) ?? "?";
  return `${provider} ${data.model?.id ?? "?"}`;
}

function hostOf(endpoint: string | undefined): string | undefined {
  return endpoint === undefined ? undefined : /^[a-z]+:\/\/([^/?#]+)/.exec(endpoint)?.[1];
}

function renderTokens(usage: EventOf<"ai.response">["data"]["usage"]): string {
  if (usage === undefined) return "? tokens";
  const { prompt_tokens: input, completion_tokens: output, total_tokens: total } = usage;
  if (input === undefined && output === undefined) {
    return total === undefined ? "? tokens" : `${renderCount(total)} tokens`;
  }
  const show = (count: number | undefined) => count === undefined ? "?" : renderCount(count);
  return `${show(input)}→${show(output)} tokens`;
}

function renderLatency(durationMs: number | undefined): string | undefined {
  return durationMs === undefined ? undefined : renderDuration(durationMs);
}

function renderText(text: string | { content_length: number } | undefined): string | undefined {
  if (text === undefined) return undefined;
  return typeof text === "string" ? text : `(${renderBytes(text.content_length)})`;
}

function renderResponse({ data }: EventOf<"ai.response">): LineParts {
  const isFailed = data.success === false;
  const problem = isFailed
    ? [data.error?.type ?? data.error?.code, renderText(data.error?.message)].filter(Boolean)
    : [];
  const firstToken = data.time_to_first_token_ms;
  return {
    kind: isFailed ? "failed" : "answer",
    style: isFailed ? "red" : "green",
    words: [
      renderModel(data),
      isFailed ? String(data.status_code ?? "") : renderTokens(data.usage),
      isFailed ? problem.join(": ") : renderCost(data.cost?.usd),
      renderLatency(data.latency_ms),
      firstToken === undefined ? undefined : `first ${renderDuration(firstToken)}`,
      isFailed ? undefined : data.finish_reason,
    ],
  };
}

function renderRequest({ data }: EventOf<"ai.request">): LineParts {
  const count = data.message_count;
  return {
    kind: "request",
    style: "cyan",
    words: [
      renderModel(data),
      data.request_type,
      count === undefined ? undefined : `${count} ${count === 1 ? "message" : "messages"}`,
      data.tools === undefined || data.tools.length === 0 ? undefined : `${data.tools.length} tools`,
      data.streaming === true ? "streaming" : undefined,
    ],
  };
}

const RENDERERS: Renderers = {
  "ai.request": renderRequest,
  "ai.response": renderResponse,
  "ai.embedding": ({ data }) => ({
    kind: data.success === false ? "failed" : "embedding",
    style: data.success === false ? "red" : "green",
    words: [renderModel(data), renderTokens(data.usage), renderCost(data.cost?.usd), renderLatency(data.latency_ms)],
  }),
  "ai.streaming_chunk": ({ data }) => ({
    kind: "chunk",
    style: "dim",
    words: [`#${data.chunk_index}`, data.delta?.content],
  }),
  "agent.tool_call": ({ data }) => ({ kind: "tool", style: "cyan", words: [data.tool.name ?? "?", data.call_id] }),
  "agent.tool_result": ({ data }) => ({
    kind: "result",
    words: [data.tool?.name ?? "?", data.success === false ? "failed" : undefined, renderLatency(data.duration_ms)],
  }),
  "agent.session": ({ data }) => ({ kind: "session", style: "dim", words: [data.action, data.agent?.name] }),
  "agent.plan_step": ({ data }) => ({
    kind: "plan",
    words: [data.step_type, data.status, renderText(data.description)],
  }),
  "sensor.loss": ({ data }) => ({
    kind: "LOST",
    style: "yellow",
    words: [data.reason, data.bytes === undefined ? undefined : renderBytes(data.bytes), renderText(data.detail)],
  }),
  "sensor.coverage": ({ data }) => ({
    kind: data.covered ? "covered" : "NOT COV.",
    style: data.covered ? "dim" : "yellow",
    words: [data.exe ?? data.library ?? data.host, data.reason, renderText(data.detail)],
  }),
};

function renderOther(event: RedactedEvent): LineParts {
  return { kind: event.event_type.split(".")[0] ?? "", style: "dim", words: [event.event_type] };
}

function renderParts(event: RedactedEvent): LineParts {
  // The table's key is the event's own type, so the renderer fits the event.
  const renderer = RENDERERS[event.event_type] as ((event: RedactedEvent) => LineParts) | undefined;
  return renderer === undefined ? renderOther(event) : renderer(event);
}

function renderTime(timestamp: string): string {
  const date = new Date(timestamp);
  const two = (value: number) => String(value).padStart(2, "0");
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${time}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

function renderProcess(event: RedactedEvent): string {
  const name = event.app?.name ?? event.process?.name ?? event.process?.exe?.split("/").at(-1);
  const pid = event.process?.pid;
  if (name === undefined && pid === undefined) return "-";
  return pid === undefined ? name ?? "-" : `${name ?? "?"}[${pid}]`;
}

/** Gives the line of an event, at most as wide as the terminal, without line end. Times are local. */
export function renderEventLine(event: RedactedEvent, options: LineOptions): string {
  const parts = renderParts(event);
  const words = parts.words.filter((word): word is string => word !== undefined && word !== "").map(sanitize);
  const head = `${renderTime(event.timestamp)}  ${
    pad(fit(sanitize(renderProcess(event)), PROCESS_COLUMNS), PROCESS_COLUMNS)
  }  `;
  const room = options.columns - head.length - KIND_COLUMNS - 2;
  const kind = pad(parts.kind, KIND_COLUMNS);
  const shownKind = parts.style === undefined ? kind : paint(kind, parts.style, options.hasColor);
  return `${head}${shownKind}  ${fit(words.join("  "), Math.max(20, room))}`;
}
