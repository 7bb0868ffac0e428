import { anthropicOracle } from "./oracle_anthropic.ts";
import { bedrockConverseOracle } from "./oracle_bedrock_converse.ts";
import { cohereOracle } from "./oracle_cohere.ts";
import { geminiOracle } from "./oracle_gemini.ts";
import { openaiChatOracle } from "./oracle_openai_chat.ts";
import { openaiEmbeddingsOracle } from "./oracle_openai_embeddings.ts";
import { openaiResponsesOracle } from "./oracle_openai_responses.ts";
import { othersOracle } from "./oracle_others.ts";
import type { Oracle } from "./oracle.ts";

/** Every oracle; the first that accepts a recording reads it. A recording none accepts is counted as not judged. */
export const ORACLES: readonly Oracle[] = [
  openaiChatOracle,
  anthropicOracle,
  geminiOracle,
  cohereOracle,
  bedrockConverseOracle,
  openaiResponsesOracle,
  openaiEmbeddingsOracle,
  othersOracle,
];
