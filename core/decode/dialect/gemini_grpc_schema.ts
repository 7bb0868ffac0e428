/**
 * Field numbers of Google's two services, named as their JSON names them. What the Gemini decoder does not read is left out.
 *
 * @see https://github.com/googleapis/googleapis google/ai/generativelanguage/v1beta, google/cloud/aiplatform/v1 (read 2026-11-21)
 */
import { CALLING_MODES, CLOUD_BLOCKS, CLOUD_REASONS, LABS_BLOCKS, LABS_REASONS, MODALITIES } from "./gemini_words.ts";
import { proto, type ProtoEnum, protoList, type ProtoSchema } from "./protobuf.ts";

/** The messages of one service. */
export interface GeminiMessages {
  readonly generate: ProtoSchema;
  readonly count: ProtoSchema;
  readonly embed: ProtoSchema;
  readonly embedBatch: ProtoSchema;
  readonly generated: ProtoSchema;
  readonly counted: ProtoSchema;
  readonly embedded: ProtoSchema;
  readonly embeddedBatch: ProtoSchema;
}

/** An enumeration from its words in order from 1. */
function words(list: readonly string[]): ProtoEnum {
  return { names: Object.fromEntries(list.map((name, index) => [index + 1, name])) };
}

const MODALITY = words(MODALITIES);
const MODE = words(CALLING_MODES);
const EMPTY: ProtoSchema = { fields: {} };
const BLOB: ProtoSchema = { fields: { 1: proto("mimeType", "text"), 2: proto("data", "media") } };
const FILE: ProtoSchema = { fields: { 1: proto("mimeType", "text"), 2: proto("fileUri", "text") } };
const TOKENS: ProtoSchema = { fields: { 1: proto("modality", MODALITY), 2: proto("tokenCount", "integer") } };
const CALL: ProtoSchema = { fields: { 1: proto("name", "text"), 2: proto("args", "struct"), 3: proto("id", "text") } };
const RESULT: ProtoSchema = {
  fields: { 1: proto("name", "text"), 2: proto("response", "struct"), 3: proto("id", "text") },
};
const DECLARATION: ProtoSchema = { fields: { 1: proto("name", "text"), 2: proto("description", "text") } };
const CALLING: ProtoSchema = { fields: { 1: proto("mode", MODE), 2: protoList("allowedFunctionNames", "text") } };
const TOOL_CONFIG: ProtoSchema = { fields: { 1: proto("functionCallingConfig", CALLING) } };
const VECTOR: ProtoSchema = { fields: { 1: proto("values", "floats") } };

/** What both services have alike, around what they have not. */
function createMessages(own: {
  readonly content: ProtoSchema;
  readonly tool: ProtoSchema;
  readonly config: ProtoSchema;
  readonly candidate: ProtoSchema;
  readonly usage: ProtoSchema;
  readonly blockReason: ProtoEnum;
  readonly generate: { readonly model: number; readonly tools: number };
  readonly answer: Readonly<Record<"candidates" | "feedback" | "usage" | "version" | "id", number>>;
  readonly count: { readonly model: number; readonly contents: number };
}): GeminiMessages {
  const { content, tool, config, candidate, usage, blockReason, answer } = own;
  const generate: ProtoSchema = {
    fields: {
      [own.generate.model]: proto("model", "text"),
      2: protoList("contents", content),
      4: proto("generationConfig", config),
      [own.generate.tools]: protoList("tools", tool),
      7: proto("toolConfig", TOOL_CONFIG),
      8: proto("systemInstruction", content),
      9: proto("cachedContent", "text"),
    },
  };
  const embed: ProtoSchema = { fields: { 1: proto("model", "text"), 2: proto("content", content) } };
  const feedback: ProtoSchema = { fields: { 1: proto("blockReason", blockReason) } };
  return {
    generate,
    embed,
    embedBatch: { fields: { 1: proto("model", "text"), 2: protoList("requests", embed) } },
    count: {
      fields: {
        [own.count.model]: proto("model", "text"),
        [own.count.contents]: protoList("contents", content),
      },
    },
    generated: {
      fields: {
        [answer.candidates]: protoList("candidates", candidate),
        [answer.feedback]: proto("promptFeedback", feedback),
        [answer.usage]: proto("usageMetadata", usage),
        [answer.version]: proto("modelVersion", "text"),
        [answer.id]: proto("responseId", "text"),
      },
    },
    counted: { fields: { 1: proto("totalTokens", "integer") } },
    embedded: { fields: { 1: proto("embedding", VECTOR) } },
    embeddedBatch: { fields: { 1: protoList("embeddings", VECTOR) } },
  };
}

const LABS_CONTENT: ProtoSchema = {
  fields: {
    1: protoList("parts", {
      fields: {
        2: proto("text", "text"),
        3: proto("inlineData", BLOB),
        4: proto("functionCall", CALL),
        5: proto("functionResponse", RESULT),
        6: proto("fileData", FILE),
        11: proto("thought", "flag"),
      },
    }),
    2: proto("role", "text"),
  },
};

/** `google.ai.generativelanguage`: the Gemini API. */
export const GENERATIVE_LANGUAGE: GeminiMessages = createMessages({
  content: LABS_CONTENT,
  tool: {
    fields: {
      1: protoList("functionDeclarations", DECLARATION),
      2: proto("googleSearchRetrieval", EMPTY),
      3: proto("codeExecution", EMPTY),
      4: proto("googleSearch", EMPTY),
      6: proto("computerUse", EMPTY),
      8: proto("urlContext", EMPTY),
      9: proto("fileSearch", EMPTY),
      11: proto("googleMaps", EMPTY),
    },
  },
  config: {
    fields: {
      1: proto("candidateCount", "integer"),
      2: protoList("stopSequences", "text"),
      4: proto("maxOutputTokens", "integer"),
      5: proto("temperature", "float"),
      6: proto("topP", "float"),
      7: proto("topK", "integer"),
      8: proto("seed", "integer"),
      13: proto("responseMimeType", "text"),
      15: proto("presencePenalty", "float"),
      16: proto("frequencyPenalty", "float"),
      22: proto("thinkingConfig", { fields: { 2: proto("thinkingBudget", "integer") } }),
    },
  },
  candidate: {
    fields: {
      1: proto("content", LABS_CONTENT),
      2: proto("finishReason", words(LABS_REASONS)),
      3: proto("index", "integer"),
    },
  },
  usage: {
    fields: {
      1: proto("promptTokenCount", "integer"),
      2: proto("candidatesTokenCount", "integer"),
      3: proto("totalTokenCount", "integer"),
      4: proto("cachedContentTokenCount", "integer"),
      5: protoList("promptTokensDetails", TOKENS),
      7: protoList("candidatesTokensDetails", TOKENS),
      8: proto("toolUsePromptTokenCount", "integer"),
      10: proto("thoughtsTokenCount", "integer"),
    },
  },
  blockReason: words(LABS_BLOCKS),
  generate: { model: 1, tools: 5 },
  answer: { candidates: 1, feedback: 2, usage: 3, version: 4, id: 5 },
  count: { model: 1, contents: 2 },
});

const CLOUD_CONTENT: ProtoSchema = {
  fields: {
    1: proto("role", "text"),
    2: protoList("parts", {
      fields: {
        1: proto("text", "text"),
        2: proto("inlineData", BLOB),
        3: proto("fileData", FILE),
        5: proto("functionCall", CALL),
        6: proto("functionResponse", RESULT),
        10: proto("thought", "flag"),
      },
    }),
  },
};

/** `google.cloud.aiplatform`: Vertex AI. */
export const AI_PLATFORM: GeminiMessages = createMessages({
  content: CLOUD_CONTENT,
  tool: {
    fields: {
      1: protoList("functionDeclarations", DECLARATION),
      2: proto("retrieval", EMPTY),
      3: proto("googleSearchRetrieval", EMPTY),
      4: proto("codeExecution", EMPTY),
      5: proto("googleMaps", EMPTY),
      6: proto("enterpriseWebSearch", EMPTY),
      7: proto("googleSearch", EMPTY),
      10: proto("urlContext", EMPTY),
      11: proto("computerUse", EMPTY),
    },
  },
  config: {
    fields: {
      1: proto("temperature", "float"),
      2: proto("topP", "float"),
      3: proto("topK", "float"),
      4: proto("candidateCount", "integer"),
      5: proto("maxOutputTokens", "integer"),
      6: protoList("stopSequences", "text"),
      8: proto("presencePenalty", "float"),
      9: proto("frequencyPenalty", "float"),
      12: proto("seed", "integer"),
      13: proto("responseMimeType", "text"),
      25: proto("thinkingConfig", { fields: { 3: proto("thinkingBudget", "integer") } }),
    },
  },
  candidate: {
    fields: {
      1: proto("index", "integer"),
      2: proto("content", CLOUD_CONTENT),
      3: proto("finishReason", words(CLOUD_REASONS)),
    },
  },
  usage: {
    fields: {
      1: proto("promptTokenCount", "integer"),
      2: proto("candidatesTokenCount", "integer"),
      3: proto("totalTokenCount", "integer"),
      5: proto("cachedContentTokenCount", "integer"),
      9: protoList("promptTokensDetails", TOKENS),
      11: protoList("candidatesTokensDetails", TOKENS),
      14: proto("thoughtsTokenCount", "integer"),
    },
  },
  blockReason: words(CLOUD_BLOCKS),
  generate: { model: 5, tools: 6 },
  answer: { candidates: 2, feedback: 3, usage: 4, version: 11, id: 13 },
  count: { model: 3, contents: 4 },
});
