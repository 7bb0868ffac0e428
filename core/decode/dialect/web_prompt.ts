import type { ModelRequest } from "../../model/model_call.ts";
import { compact } from "./json_value.ts";

/** What the page of a vendor asks with. */
export interface WebPrompt {
  readonly prompt: string;
  /** Id of the conversation; absent in its first request. */
  readonly conversation: string | undefined;
  readonly model?: string | undefined;
}

/** The request of a page: a prompt and a conversation. The server keeps the conversation, so a request holds only what is new. */
export function toWebRequest({ prompt, conversation, model }: WebPrompt): ModelRequest {
  return compact<ModelRequest>({
    requestType: "chat",
    model,
    isStreaming: true,
    messages: [{ role: "user", content: prompt }],
    isDelta: true,
    tools: [],
    parameters: {},
    sessionKeys: conversation === undefined ? undefined : { conversation },
  });
}
