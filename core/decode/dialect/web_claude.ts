/**
 * The claude.ai web application: a prompt in, the events of Anthropic Messages out. The conversation's id stands in the path.
 * Undocumented by the vendor; read from recordings.
 *
 * @see https://docs.claude.com/en/api/messages-streaming for the events (read 2026-11-21)
 */
import type { ModelRequest } from "../../model/model_call.ts";
import { AnthropicReader } from "./anthropic_reader.ts";
import type { Dialect, RequestView } from "./dialect.ts";
import { asFilledText, asList, asRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";

const PATH = /\/chat_conversations\/([^/]+)\/(?:retry_)?completion$/;

/** claude.ai. */
export const webClaude: Dialect = {
  id: "web_claude",
  summary: "The claude.ai web application",
  stability: "experimental",
  docsUrl: "https://docs.claude.com/en/api/messages-streaming",
  matchHead: (head) => (head.method === "POST" && PATH.test(head.path) ? 0.85 : 0),
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "chat",
  decodeRequest,
  createReader: (context) => new AnthropicReader(context),
};

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json === undefined) return undefined;
  const prompt = asFilledText(json.prompt);
  const conversation = PATH.exec(view.path)?.[1];
  const fileCount = asList(json.attachments).length + asList(json.files).length;
  return compact<ModelRequest>({
    requestType: "chat",
    model: asFilledText(json.model),
    isStreaming: true,
    messages: prompt === undefined
      ? []
      : [compact({ role: "user", content: prompt, fileCount: fileCount || undefined })],
    // The server keeps the conversation: a request holds only what is new.
    isDelta: true,
    tools: asRecords(json.tools).map((tool) =>
      compact({ name: asFilledText(tool.name), type: asFilledText(tool.type) ?? "function" })
    ),
    parameters: {},
    sessionKeys: conversation === undefined ? undefined : { conversation },
  });
}
