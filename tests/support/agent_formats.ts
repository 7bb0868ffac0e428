import type { AgentFormat } from "./agent_format.ts";
import { chat, chatFunctions, responses } from "./agent_formats_openai.ts";
import { anthropic, cohere, converse, gemini, ollama } from "./agent_formats_others.ts";

/** Every format that agents' conversations are generated in. */
export const AGENT_FORMATS: readonly AgentFormat[] = [
  chat("chat", "unique", "api.openai.com"),
  chat("chat_counted_ids", "weak", "api.groq.com"),
  chatFunctions,
  responses("responses", false),
  responses("responses_delta", true),
  anthropic,
  gemini,
  converse,
  ollama,
  cohere,
];
