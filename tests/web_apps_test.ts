/** Web applications from the wire to the event: what the page sent and got, and which page it was. */
import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { exchanges } from "../core/capture/exchanges.ts";
import type { EventOf } from "../core/model/oisp_event.ts";
import { runPipeline } from "./support/run_pipeline.ts";

interface Page {
  readonly url: string;
  readonly contentType: string;
  readonly request: string;
  readonly answerType: string;
  readonly answer: string;
}

async function visit(page: Page): Promise<{ request: EventOf<"ai.request">; response: EventOf<"ai.response"> }> {
  const origin = new URL(page.url).origin;
  const line = JSON.stringify({
    id: "1",
    method: "POST",
    url: page.url,
    request_headers: { "content-type": page.contentType, origin, referer: `${origin}/chat?secret=1` },
    request_body: page.request,
    status: 200,
    response_headers: { "content-type": page.answerType },
    response_body: page.answer,
    started_at: "2026-11-21T10:00:00.000Z",
    ended_at: "2026-11-21T10:00:01.000Z",
  });
  const { events } = await runPipeline(await exchanges.open({ from: new TextEncoder().encode(line + "\n") }));
  const [request, response, ...others] = events as readonly { event_type: string }[];
  deepStrictEqual(others, []);
  ok(request?.event_type === "ai.request" && response?.event_type === "ai.response", JSON.stringify(events));
  return { request: request as EventOf<"ai.request">, response: response as EventOf<"ai.response"> };
}

const sse = (events: readonly unknown[]) => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");

const row = (text: string) => {
  const chunk = JSON.stringify([[
    "wrb.fr",
    null,
    JSON.stringify([null, ["c_1", "r_1"], null, null, [["rc", [text]]]]),
  ]]);
  return `${chunk.length}\n${chunk}\n`;
};

const PAGES: Readonly<Record<string, Page>> = {
  "gemini-web": {
    url: "https://gemini.google.com/_/BardChatUi/data/assistant.lamda.BardFrontendService/StreamGenerate?rt=c",
    contentType: "application/x-www-form-urlencoded;charset=UTF-8",
    request: new URLSearchParams({
      "f.req": JSON.stringify([null, JSON.stringify([["What is ü?", 0, null, []], ["en"], ["", "", ""]])]),
      at: "token",
    }).toString(),
    answerType: "application/json; charset=utf-8",
    answer: `)]}'\n\n${row("The")}${row("The answer")}`,
  },
  "grok-web": {
    url: "https://grok.com/rest/app-chat/conversations/new",
    contentType: "application/json",
    request: JSON.stringify({ message: "What is ü?", modelName: "grok-3" }),
    answerType: "application/json",
    answer: [
      { result: { conversation: { conversationId: "c" } } },
      { result: { response: { token: "The " } } },
      { result: { response: { modelResponse: { responseId: "r", message: "The answer" } } } },
    ].map((each) => JSON.stringify(each)).join("\n"),
  },
  "deepseek-web": {
    url: "https://chat.deepseek.com/api/v0/chat/completion",
    contentType: "application/json",
    request: JSON.stringify({ prompt: "What is ü?", chat_session_id: "s" }),
    answerType: "text/event-stream",
    answer: sse([
      { v: { response: { status: "WIP", fragments: [{ type: "RESPONSE", content: "The" }] } } },
      { p: "response/fragments/-1/content", o: "APPEND", v: " answer" },
      { p: "response", o: "BATCH", v: [{ p: "status", v: "FINISHED" }] },
    ]),
  },
};

for (const [id, page] of Object.entries(PAGES)) {
  Deno.test(`${id}: question, answer and page`, async () => {
    const { request, response } = await visit(page);
    strictEqual(request.data.provider?.id, id);
    deepStrictEqual(request.data.messages?.map(({ role, content }) => [role, content]), [["user", "What is ü?"]]);
    strictEqual(response.data.choices?.[0]?.message.content, "The answer");
    strictEqual(response.data.streaming, true);
    strictEqual(response.data.success, true);
    strictEqual(response.data.related_event_id, request.event_id);
    deepStrictEqual([request.web?.web_app_id, request.web?.web_app_type], [id, "direct"]);
    strictEqual(request.web?.referer?.includes("secret"), false);
  });
}
