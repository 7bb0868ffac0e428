/** The demo's table: one row a call, below it what was asked and answered, and what the answer made the agent run. */
import type { EventMessage, EventOf, RedactedEvent } from "../../core/model/oisp_event.ts";
import { paint } from "../term/color.ts";
import { renderCost, renderCount, renderDuration } from "../term/number.ts";
import { sanitize } from "../term/sanitize.ts";
import { type Column, renderTable } from "../term/table.ts";
import { fit, toColumns } from "../term/width.ts";

/** How it is drawn. */
export interface DemoViewOptions {
  readonly hasColor: boolean;
  readonly columns: number;
}

const COLUMNS: readonly Column[] = [
  { title: "TIME" },
  { title: "PROCESS", maxColumns: 24 },
  { title: "PROVIDER" },
  { title: "MODEL", maxColumns: 26 },
  { title: "TOKENS", isNumber: true },
  { title: "COST", isNumber: true },
  { title: "LATENCY", isNumber: true },
];

/** Columns that may be cut where the window is narrow, and the least that is left of them. */
const NARROWABLE: readonly (readonly [title: string, leastColumns: number])[] = [["MODEL", 12], ["PROCESS", 8]];

/** Gives the columns for a window: model and process names give way to numbers. */
function narrow(rows: readonly (readonly string[])[], windowColumns: number): readonly Column[] {
  let columns = COLUMNS;
  for (const [title, leastColumns] of NARROWABLE) {
    const lines = renderTable(columns, rows);
    const excess = Math.max(...lines.map(toColumns)) - windowColumns;
    if (excess <= 0) return columns;
    const index = COLUMNS.findIndex((column) => column.title === title);
    const width = Math.max(title.length, ...rows.map((row) => toColumns(row[index] ?? "")));
    const wanted = Math.min(width, COLUMNS[index]?.maxColumns ?? width) - excess;
    columns = columns.map((column, i) =>
      i === index ? { ...column, maxColumns: Math.max(leastColumns, wanted) } : column
    );
  }
  return columns;
}

type Request = EventOf<"ai.request">;
type Response = EventOf<"ai.response">;

function renderTokens(usage: Response["data"]["usage"]): string {
  if (usage?.prompt_tokens === undefined || usage.completion_tokens === undefined) return "?";
  return `${renderCount(usage.prompt_tokens)}→${renderCount(usage.completion_tokens)}`;
}

function toRow(event: Response): string[] {
  const { data, process } = event;
  const isFailed = data.success === false;
  return [
    event.timestamp.slice(11, 19),
    sanitize(`${process?.name ?? "?"}[${process?.pid ?? "?"}]`),
    sanitize(data.provider?.id ?? "?"),
    sanitize(data.model?.id ?? "?"),
    isFailed ? `failed ${data.status_code ?? ""}` : renderTokens(data.usage),
    isFailed ? "-" : renderCost(data.cost?.usd),
    data.latency_ms === undefined ? "?" : renderDuration(data.latency_ms),
  ];
}

function renderMessage(message: EventMessage | undefined): string {
  if (message === undefined) return "";
  const calls = (message.tool_calls ?? []).map((call) =>
    `${call.name ?? "?"}(${typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments ?? {})})`
  );
  return [message.content ?? "", ...calls.map((call) => `→ ${call}`)].filter((part) => part !== "").join(" ");
}

function renderAnswer({ data }: Response): string {
  if (data.success !== false) return renderMessage(data.choices?.[0]?.message);
  return typeof data.error?.message === "string" ? data.error.message : "the provider refused";
}

/** A result in one line, as people read a listing. */
function renderResult({ data }: EventOf<"agent.tool_result">): string {
  const text = typeof data.result === "string" ? data.result : JSON.stringify(data.result ?? "");
  return `${data.tool?.name ?? "?"}: ${text.trim().replace(/\s*\n\s*/g, " ")}`;
}

/** The events of a story by what leads to them. */
class Story {
  readonly responses: Response[] = [];
  readonly #requests = new Map<string, Request>();
  readonly #results = new Map<string, EventOf<"agent.tool_result">>();
  readonly #responseOfCall = new Map<string, string>();
  readonly #commands = new Map<string, string[]>();

  constructor(events: readonly RedactedEvent[]) {
    for (const event of events) {
      if (event.event_type === "ai.request") this.#requests.set(event.event_id, event);
      else if (event.event_type === "ai.response") this.responses.push(event);
      else if (event.event_type === "agent.tool_result") this.#results.set(event.data.call_id ?? "", event);
      else if (event.event_type === "agent.tool_call") {
        this.#responseOfCall.set(event.event_id, event.data.related_event_id ?? "");
      } else if (event.event_type === "process.exec") this.#addCommand(event);
    }
  }

  #addCommand(event: EventOf<"process.exec">): void {
    const cause = event.related_events?.find(({ relationship }) => relationship === "caused_by");
    const response = this.#responseOfCall.get(cause?.event_id ?? "");
    if (response === undefined) return;
    const command = [event.process?.name ?? event.data.exe ?? "?", ...(event.data.args ?? [])].join(" ");
    this.#commands.set(response, [...(this.#commands.get(response) ?? []), command]);
  }

  /** What was asked: a person's words, a tool's result, or the same once more. */
  *describe(response: Response): Generator<readonly [label: string, text: string]> {
    const request = this.#requests.get(response.data.related_event_id ?? "");
    const last = request?.data.messages?.at(-1);
    const result = this.#results.get(last?.tool_call_id ?? "");
    const isRetry = request?.related_events?.some(({ rule }) => rule === "retry_of_failed_call") ?? false;
    if (isRetry) yield ["again", "the same request, a second time"];
    else if (result !== undefined) yield ["result", renderResult(result)];
    else yield ["asked", renderMessage(last)];
    yield ["answer", renderAnswer(response)];
    for (const command of this.#commands.get(response.event_id) ?? []) yield ["ran", command];
  }
}

/** Gives the lines of the table. Events must be in their order, and show contents (`masked`). */
export function renderDemo(events: readonly RedactedEvent[], options: DemoViewOptions): string[] {
  const story = new Story(events);
  const cells = story.responses.map(toRow);
  const [title = "", ...rows] = renderTable(narrow(cells, options.columns), cells);
  const renderLine = (label: string, text: string) =>
    paint(fit(`          ${label.padEnd(7)} ${sanitize(text)}`, options.columns), "dim", options.hasColor);
  return [
    paint(title, "bold", options.hasColor),
    ...story.responses.flatMap((response, i) => [
      rows[i] ?? "",
      ...[...story.describe(response)].map(([label, text]) => renderLine(label, text)),
    ]),
  ];
}
