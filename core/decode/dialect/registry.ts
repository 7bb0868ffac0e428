import type { Dialect } from "./dialect.ts";
import { openaiChat } from "./openai_chat.ts";
import { anthropicMessages } from "./anthropic_messages.ts";
import { bedrockConverse } from "./bedrock_converse.ts";
import { bedrockInvoke } from "./bedrock_invoke.ts";
import { cohereChat } from "./cohere_chat.ts";
import { cohereEmbed } from "./cohere_embed.ts";
import { gemini } from "./gemini.ts";
import { ollama } from "./ollama.ts";
import { openaiAudio } from "./openai_audio.ts";
import { openaiImages } from "./openai_images.ts";
import { openaiModerations } from "./openai_moderations.ts";
import { rerank } from "./rerank.ts";
import { hfTgi } from "./hf_tgi.ts";
import { replicate } from "./replicate.ts";
import { audioVendor, imageVendor } from "./media_vendor.ts";

/** Every message format, the more usual ones first: where two match equally well, the first wins. */
export const DIALECTS: readonly Dialect[] = [
  openaiChat,
  anthropicMessages,
  bedrockConverse,
  bedrockInvoke,
  cohereChat,
  cohereEmbed,
  gemini,
  ollama,
  openaiAudio,
  openaiImages,
  openaiModerations,
  rerank,
  hfTgi,
  replicate,
  audioVendor,
  imageVendor,
];
