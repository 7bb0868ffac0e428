import { ANTHROPIC_MESSAGES } from "./anthropic_messages.ts";
import type { Endpoint } from "./answer.ts";
import { GEMINI } from "./gemini.ts";
import { OPENAI_CHAT } from "./openai_chat.ts";
import { OPENAI_EMBEDDINGS } from "./openai_embeddings.ts";
import { OPENAI_RESPONSES } from "./openai_responses.ts";

/** What the stand-in answers. */
export const ENDPOINTS: readonly Endpoint[] = [
  OPENAI_CHAT,
  OPENAI_RESPONSES,
  OPENAI_EMBEDDINGS,
  ANTHROPIC_MESSAGES,
  GEMINI,
];

/** Names under which a client may know the stand-in; in a private name space they point to loopback. */
export const HOSTS: readonly string[] = [
  "api.openai.com",
  "api.anthropic.com",
  "api.mistral.ai",
  "generativelanguage.googleapis.com",
  "www.example.org",
  "proxy.example.org",
  "localhost",
];
