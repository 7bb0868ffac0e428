/** Every kind of path with bodies of any shape: whatever comes out is an event of the published schema. */
import { makeJson } from "../../tests/fuzz/dialects.ts";
import { Stage } from "../../tests/support/call_stage.ts";
import { Random } from "../../tests/support/random.ts";

const URLS = [
  "https://api.openai.com/v1/chat/completions",
  "https://api.anthropic.com/v1/messages",
  "https://api.anthropic.com/v1/complete",
  "https://generativelanguage.googleapis.com/v1beta/models/m:generateContent",
  "https://dashscope.aliyuncs.com/api/v1/services/aigc/text-generation/generation",
  "https://dashscope.aliyuncs.com/api/v1/services/embeddings/text-embedding/text-embedding",
  "https://ai-gateway.vercel.sh/v3/ai/language-model",
  "https://ai-gateway.vercel.sh/v3/ai/embedding-model",
  "https://us-south.ml.cloud.ibm.com/ml/v1/text/chat",
  "https://us-south.ml.cloud.ibm.com/ml/v1/text/embeddings",
  "https://api.llama.com/v1/chat/completions",
  "https://router.huggingface.co/hf-inference/models/a/b",
  "https://llm.api.cloud.yandex.net/foundationModels/v1/completion",
  "https://api.tavily.com/search",
  "http://localhost:1234/api/v1/chat",
  "http://localhost:8080/completion",
  "http://localhost:8080/embedding",
  "http://localhost:30000/generate",
  "http://localhost:5001/api/v1/generate",
  "http://localhost:8000/v2/models/m/generate",
  "http://localhost:3000/embed",
  "https://runtime.sagemaker.us-east-1.amazonaws.com/endpoints/e/invocations",
  "https://bedrock-agent-runtime.us-east-1.amazonaws.com/agents/A/agentAliases/B/sessions/s/text",
  "https://gateway.example/ask",
] as const;

Deno.test("bodies of any shape on any path give events of the published schema, or none", () => {
  for (let seed = 1; seed <= 3_000; seed++) {
    const random = new Random(seed);
    const stage = new Stage({ wantsChunks: random.once(2) });
    const exchange = stage.open(random.pick(URLS));
    const request = JSON.stringify(makeJson(random));
    const cut = random.once(3) ? random.below(request.length) : request.length;
    stage.send(exchange, request.slice(0, cut), cut === request.length ? "complete" : "aborted");
    const isStream = random.once(2);
    const texts = Array.from({ length: 1 + random.below(3) }, () => JSON.stringify(makeJson(random)));
    const body = isStream ? texts.map((text) => `data: ${text}\n\n`).join("") : texts[0] ?? "";
    const end = random.once(3) ? random.below(body.length) : body.length;
    stage.answer(exchange, [[body.slice(0, end), 20]], {
      status: random.pick([200, 200, 400]),
      headers: { "content-type": isStream ? "text/event-stream" : "application/json" },
      completeness: end === body.length ? "complete" : "aborted",
    });
    // The stage checks every event against the schema.
    stage.end(exchange);
  }
});
