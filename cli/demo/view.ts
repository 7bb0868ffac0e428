/** The demo's table: one row a call, below it what was asked and answered. */
import type { EventMessage, EventOf, RedactedEvent } from "../../core/model/oisp_event.ts";
import { paint } from "../term/color.ts";
import { renderCost, renderCount, renderDuration } from "../term/number.ts";
import { sanitize } from "../term/sanitize.ts";
import { type Column, renderTable } from "../term/table.ts";
import { fit } from "../term/width.ts";

/** How it is drawn. */
export interface DemoViewOptions {
  readonly hasColor: boolean;
  readonly columns: number;
}

const COLUMNS: readonly Column[] = [
  { title: "TIME" },
  { title: "PROCESS" },
  { title: "PROVIDER" },
  { title: "MODEL", maxColumns: 26 },
  { title: "TOKENS", isNumber: true },
  { title: "COST", isNumber: true },
  { title: "LATENCY", isNumber: true },
];

type Request = EventOf<"ai.request">;
type Response = EventOf<"ai.response">;

function renderTokens(usage: Response["data"]["usage"]): string {
  if (usage?.prompt_tokens === undefined || usage.completion_tokens === undefined) return "?";
  return `${renderCount(usage.prompt_tokens)}→${renderCount(usage.completion_tokens)}`;
}

function toRow({ event }: { event: RedactedEvent & Response }): string[] {
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

/** Gives the lines of the table. Events must be in their order, and show contents (`masked`). */
export function renderDemo(events: readonly RedactedEvent[], options: DemoViewOptions): string[] {
  const requests = new Map<string, Request>();
  const responses: { event: RedactedEvent & Response }[] = [];
  for (const event of events) {
    if (event.event_type === "ai.request") requests.set(event.event_id, event);
    else if (event.event_type === "ai.response") responses.push({ event });
  }
  const [title = "", ...rows] = renderTable(COLUMNS, responses.map(toRow));
  const line = (label: string, text: string) => fit(`          ${label.padEnd(7)} ${sanitize(text)}`, options.columns);
  return [
    paint(title, "bold", options.hasColor),
    ...responses.flatMap(({ event }, i) => [
      rows[i] ?? "",
      paint(
        line("asked", renderMessage(requests.get(event.data.related_event_id ?? "")?.data.messages?.at(-1))),
        "dim",
        options.hasColor,
      ),
      paint(line("answer", renderAnswer(event)), "dim", options.hasColor),
    ]),
  ];
}
