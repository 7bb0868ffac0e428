/**
 * The Microsoft Copilot web application: JSON events over a WebSocket, one call per `send`. Undocumented by the vendor; event and
 * member names as open clients of the page use them.
 *
 * @see https://copilot.microsoft.com (read 2026-11-21)
 */
import type { ModelRequest, ModelResponse } from "../../model/model_call.ts";
import type { BodyMessage } from "../body/body_format.ts";
import type { Dialect, RequestView, ResponseContext, ResponseReader, StreamDelta } from "./dialect.ts";
import { asFilledText, asRecord, asText, type JsonRecord, parseRecord } from "./json_access.ts";
import { asRecords, compact } from "./json_value.ts";
import { hasPathEnd } from "./path_end.ts";
import type { SocketDialect, TurnReader, TurnStep } from "./socket_dialect.ts";

const copilotTurn: Dialect = {
  id: "web_copilot",
  summary: "The Microsoft Copilot web application, one call per message",
  stability: "experimental",
  docsUrl: "https://copilot.microsoft.com",
  matchHead: () => 0,
  matchBody: () => 0,
  matchAnswer: () => 0,
  requestType: () => "chat",
  decodeRequest,
  createReader: (context) => new CopilotReader(context),
};

/** Copilot. */
export const webCopilot: SocketDialect = {
  id: copilotTurn.id,
  summary: copilotTurn.summary,
  stability: copilotTurn.stability,
  docsUrl: copilotTurn.docsUrl,
  dialect: copilotTurn,
  matchHead: (head) => hasPathEnd(head.path, "c/api/chat"),
  createTurns: () => new CopilotTurns(),
};

class CopilotTurns implements TurnReader {
  client(json: JsonRecord): TurnStep | undefined {
    return json.event === "send" ? { request: json } : undefined;
  }

  server(json: JsonRecord, text: string): TurnStep | undefined {
    const event = asText(json.event);
    if (event === "appendText") return { answer: text };
    return event === "done" || event === "error" ? { answer: text, isEnd: true } : undefined;
  }
}

function decodeRequest(view: RequestView): ModelRequest | undefined {
  const json = asRecord(view.json);
  if (json?.event !== "send") return undefined;
  const parts = asRecords(json.content);
  const texts = parts.filter(({ type }) => type === "text").map(({ text }) => asText(text)).filter((text) =>
    text !== undefined
  );
  const images = parts.filter(({ type }) => type === "image").length;
  const conversation = asFilledText(json.conversationId);
  return compact<ModelRequest>({
    requestType: "chat",
    isStreaming: true,
    messages: [compact({
      role: "user",
      content: texts.length === 0 ? undefined : texts.join("\n"),
      imageCount: images || undefined,
    })],
    isDelta: true,
    tools: [],
    parameters: compact({ mode: asFilledText(json.mode) }),
    sessionKeys: conversation === undefined ? undefined : { conversation },
  });
}

class CopilotReader implements ResponseReader {
  readonly isStream = true;
  hasEnded: boolean | undefined;
  readonly #wantsDelta: boolean;
  #content: string | undefined;
  #requestId: string | undefined;
  #error: ModelResponse["error"];

  constructor(context: ResponseContext) {
    this.#wantsDelta = context.wantsDelta;
  }

  message(message: BodyMessage): "token" | "meta" | "end" | StreamDelta {
    const json = parseRecord(message.text);
    if (json === undefined) return "meta";
    this.hasEnded ??= false;
    this.#requestId = asFilledText(json.messageId) ?? this.#requestId;
    if (json.event === "done") {
      this.hasEnded = true;
      return "end";
    }
    if (json.event === "error") {
      this.#error = compact({ code: asFilledText(json.errorCode), message: asFilledText(json.message) });
      return "meta";
    }
    const content = json.event === "appendText" ? asText(json.text) : undefined;
    if (!content) return "meta";
    this.#content = (this.#content ?? "") + content;
    return this.#wantsDelta ? { content } : "token";
  }

  finish(_isComplete: boolean): ModelResponse {
    return compact<ModelResponse>({
      requestId: this.#requestId,
      choices: this.#content === undefined ? [] : [compact({
        index: 0,
        message: { role: "assistant", content: this.#content },
        finishReason: this.hasEnded === true ? "stop" as const : undefined,
        rawFinishReason: this.hasEnded === true ? "done" : undefined,
      })],
      error: this.#error,
    });
  }
}
