/** The vendors' own Python SDKs, unmodified, under `oisp run`: nine calls, every fact of each. */
import { deepStrictEqual, strictEqual } from "node:assert";
import { findPythonClients } from "../../scripts/python_clients.ts";
import { ROOT } from "../../scripts/paths.ts";
import type { EventOf, OispEvent } from "../../core/model/oisp_event.ts";
import { testOrSkip } from "../skip.ts";
import { captureRun, findCaptureReason } from "./oisp.ts";
import { Stage } from "./stage.ts";

const clients = await findPythonClients();
const python = "python" in clients ? clients.python : "";
const reason = findCaptureReason() ?? ("reason" in clients ? clients.reason : undefined);

async function captureSdk(vendor: string): Promise<OispEvent[]> {
  const stage = await Stage.open();
  try {
    const { outcome, events } = await captureRun(stage, [python, `${ROOT}/tests/e2e/clients/sdk_client.py`, vendor]);
    strictEqual(outcome.stdout.trim(), "done", outcome.stderr);
    return events;
  } finally {
    await stage.close();
  }
}

/** One line a call: what a reader of the events learns. */
function summarise(events: readonly OispEvent[]): string[] {
  const requests = new Map(events.map((event) => [event.event_id, event]));
  return events.filter((event): event is EventOf<"ai.response"> => event.event_type === "ai.response").map(
    ({ data }) => {
      const request = requests.get(data.related_event_id ?? "");
      const name = /call-sdk[a-z]/.exec(JSON.stringify(request))?.[0];
      const choice = data.choices?.[0];
      const tools = choice?.message.tool_calls?.map((tool) => tool.name).join() ?? "";
      const facts = [
        data.streaming ? "stream" : "plain",
        data.finish_reason,
        tools,
        data.usage?.total_tokens !== undefined,
      ];
      return [
        name,
        data.provider?.id,
        ...facts,
        (data.cost?.usd ?? 0) > 0,
        choice?.message.content?.includes(name ?? "-") ?? false,
      ]
        .join(" ");
    },
  ).sort();
}

testOrSkip("the OpenAI SDK: chat, stream, tools, responses and embeddings, with tokens and cost", reason, async () => {
  const events = await captureSdk("openai");
  deepStrictEqual(summarise(events), [
    "call-sdka openai plain stop  true true true",
    "call-sdkb openai stream stop  true true true",
    "call-sdkc openai stream tool_calls get_weather true true false",
    "call-sdkd openai plain stop  true true true",
    "call-sdke openai stream stop  true true true",
  ]);
  const embeddings = events.filter((event) => event.event_type === "ai.embedding");
  deepStrictEqual(embeddings.map((event) => [event.data.provider?.id, event.data.success]), [["openai", true]]);
});

testOrSkip("the Anthropic SDK: messages, stream and tools, with tokens and cost", reason, async () => {
  deepStrictEqual(summarise(await captureSdk("anthropic")), [
    "call-sdkg anthropic plain stop  true true true",
    "call-sdkh anthropic stream stop  true true true",
    "call-sdki anthropic stream tool_calls get_weather true true false",
  ]);
});
