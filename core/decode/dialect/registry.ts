import type { Dialect } from "./dialect.ts";
import { openaiChat } from "./openai_chat.ts";
import { anthropicCountTokens } from "./anthropic_count_tokens.ts";
import { anthropicMessages } from "./anthropic_messages.ts";
import { bedrockConverse } from "./bedrock_converse.ts";
import { bedrockImage } from "./bedrock_image.ts";
import { bedrockText } from "./bedrock_text.ts";
import { elevenlabsAgent } from "./elevenlabs_agent.ts";
import { openaiLive } from "./openai_live.ts";
import { openaiRealtime } from "./openai_realtime.ts";
import { openaiResponsesSocket } from "./openai_responses_socket.ts";
import type { SocketDialect } from "./socket_dialect.ts";
import { bedrockGuardrail } from "./bedrock_guardrail.ts";
import { bedrockInvoke } from "./bedrock_invoke.ts";
import { cohereChat } from "./cohere_chat.ts";
import { cohereEmbed } from "./cohere_embed.ts";
import { cohereGenerate } from "./cohere_generate.ts";
import { ai21Complete } from "./ai21_complete.ts";
import { alephAlpha } from "./aleph_alpha.ts";
import { gemini } from "./gemini.ts";
import { sagemaker } from "./sagemaker.ts";
import { bedrockAgent } from "./bedrock_agent.ts";
import { llamacpp } from "./llamacpp.ts";
import { sglang } from "./sglang.ts";
import { kobold } from "./kobold.ts";
import { triton } from "./triton.ts";
import { hfTei } from "./hf_tei.ts";
import { lmstudioV1 } from "./lmstudio_v1.ts";
import { anthropicComplete } from "./anthropic_complete.ts";
import { yandex } from "./yandex.ts";
import { toolApi } from "./tool_api.ts";
import { dashscope } from "./dashscope.ts";
import { aiSdkGateway } from "./ai_sdk_gateway.ts";
import { geminiGrpc } from "./gemini_grpc.ts";
import { geminiLive } from "./gemini_live.ts";
import { ollama } from "./ollama.ts";
import { openaiAudio } from "./openai_audio.ts";
import { openaiCompletions } from "./openai_completions.ts";
import { openaiDecisions } from "./openai_decisions.ts";
import { openaiEmbeddings } from "./openai_embeddings.ts";
import { openaiImages } from "./openai_images.ts";
import { openaiModels } from "./openai_models.ts";
import { openaiModerations } from "./openai_moderations.ts";
import { openaiResponses } from "./openai_responses.ts";
import { rerank } from "./rerank.ts";
import { hfTgi } from "./hf_tgi.ts";
import { replicate } from "./replicate.ts";
import { audioSocket } from "./audio_socket.ts";
import { audioVendor, imageVendor, openaiVideos } from "./media_vendor.ts";
import { fal } from "./fal.ts";
import { runpodJob } from "./runpod_job.ts";
import { amazonQ } from "./amazon_q.ts";
import { clarifai } from "./clarifai.ts";
import { cody } from "./cody.ts";
import { zed } from "./zed.ts";
import { jetbrains } from "./jetbrains.ts";
import { manus } from "./manus.ts";
import { warp } from "./warp.ts";
import { nlpcloud } from "./nlpcloud.ts";
import { oci } from "./oci.ts";
import { batches } from "./batches.ts";
import { googleInteractions } from "./google_interactions.ts";
import { cloudflareRun } from "./cloudflare_run.ts";
import { watsonx } from "./watsonx.ts";
import { mistralConversations } from "./mistral_conversations.ts";
import { mistralOcr } from "./mistral_ocr.ts";
import { openaiAnswers } from "./openai_answers.ts";
import { openaiAssistants } from "./openai_assistants.ts";
import { vertexPredict } from "./vertex_predict.ts";
import { mcp } from "./mcp.ts";
import { vertexPredictGrpc } from "./vertex_predict_grpc.ts";
import { xaiGrpc } from "./xai_grpc.ts";
import { cursorConnect } from "./cursor_connect.ts";
import { webChatgpt } from "./web_chatgpt.ts";
import { webClaude } from "./web_claude.ts";
import { webCopilot } from "./web_copilot.ts";
import { webDeepseek } from "./web_deepseek.ts";
import { webGoogleRpc } from "./web_google_rpc.ts";
import { webGrok } from "./web_grok.ts";
import { webPerplexity } from "./web_perplexity.ts";

/** Every message format, the more usual ones first: where two match equally well, the first wins. */
export const DIALECTS: readonly Dialect[] = [
  openaiChat,
  anthropicMessages,
  openaiResponses,
  openaiEmbeddings,
  openaiCompletions,
  anthropicCountTokens,
  openaiModels,
  bedrockConverse,
  bedrockInvoke,
  bedrockGuardrail,
  bedrockText,
  bedrockImage,
  cohereChat,
  cohereEmbed,
  gemini,
  ollama,
  openaiAudio,
  openaiImages,
  openaiModerations,
  openaiDecisions,
  rerank,
  hfTgi,
  replicate,
  runpodJob,
  oci,
  alephAlpha,
  nlpcloud,
  clarifai,
  amazonQ,
  cody,
  zed,
  jetbrains,
  manus,
  warp,
  fal,
  openaiVideos,
  audioVendor,
  imageVendor,
  batches,
  googleInteractions,
  cloudflareRun,
  watsonx,
  mistralOcr,
  mistralConversations,
  openaiAssistants,
  openaiAnswers,
  vertexPredict,
  mcp,
  dashscope,
  aiSdkGateway,
  sagemaker,
  bedrockAgent,
  llamacpp,
  sglang,
  kobold,
  triton,
  hfTei,
  lmstudioV1,
  anthropicComplete,
  cohereGenerate,
  ai21Complete,
  yandex,
  toolApi,
  geminiGrpc,
  vertexPredictGrpc,
  xaiGrpc,
  cursorConnect,
  webChatgpt,
  webClaude,
  webPerplexity,
  webGoogleRpc,
  webGrok,
  webDeepseek,
];

/** Every format whose calls are turns on one WebSocket. */
export const SOCKET_DIALECTS: readonly SocketDialect[] = [
  openaiResponsesSocket,
  openaiRealtime,
  openaiLive,
  geminiLive,
  elevenlabsAgent,
  webCopilot,
  audioSocket,
];
