import { answerText, type Oracle, toFacts } from "./oracle.ts";
import { pick, pickList, pickNumber, pickText, tryParse } from "./pick.ts";
import { pathOf } from "./recording.ts";

/** OpenAI embeddings of every vendor. */
export const openaiEmbeddingsOracle: Oracle = {
  format: "embeddings",
  unread: ["request_id", "streaming"],
  accepts: (recording) => recording.method === "POST" && /\/embeddings$/.test(pathOf(recording)),
  read(recording) {
    const body = tryParse(recording.requestBody);
    const answer = tryParse(answerText(recording));
    const input = pick(body, "input");
    const data = pickList(answer, "data");
    const vector = pick(data[0], "embedding");
    const total = pickNumber(answer, "usage.total_tokens");
    const prompt = pickNumber(answer, "usage.prompt_tokens");
    return toFacts({
      request_type: "embedding",
      response_model: pickText(answer, "model") ?? pickText(body, "model"),
      input_count: Array.isArray(input) && typeof input[0] !== "number" ? input.length : 1,
      status: recording.status,
      success: recording.status < 400,
      error_message: pickText(answer, "error.message"),
      embedding_count: pick(answer, "data") === undefined ? undefined : data.length,
      dimensions: Array.isArray(vector)
        ? vector.length
        : typeof vector === "string"
        ? atob(vector).length / 4
        : undefined,
      prompt_tokens: prompt,
      completion_tokens: pickNumber(answer, "usage.completion_tokens"),
      total_tokens: total,
    });
  },
};
