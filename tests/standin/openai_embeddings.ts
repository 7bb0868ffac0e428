import { type Endpoint, jsonAnswer, listOf } from "./answer.ts";
import { errorCode, errorType } from "./openai_chat.ts";
import { collectText, hash } from "./story.ts";

/** `POST /v1/embeddings`. @see https://platform.openai.com/docs/api-reference/embeddings (read 2026-11) */
export const OPENAI_EMBEDDINGS: Endpoint = {
  path: "/v1/embeddings",
  answer(body) {
    const inputs = Array.isArray(body.input) ? listOf(body.input) : [body.input];
    const tokens = inputs.map(collectText).join(" ").split(/\s+/).filter(Boolean).length;
    return jsonAnswer({
      object: "list",
      data: inputs.map((input, index) => ({ object: "embedding", index, embedding: toVector(collectText(input)) })),
      model: body.model,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    });
  },
  error: (status) => ({
    error: { message: `The stand-in answers ${status}`, type: errorType(status), param: null, code: errorCode(status) },
  }),
};

function toVector(text: string): number[] {
  return Array.from({ length: 8 }, (_, index) => Number.parseInt(hash(`${index}${text}`), 16) / 2 ** 32 - 0.5);
}
