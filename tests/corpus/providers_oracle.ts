import { hostOf, type Recording } from "./recording.ts";

/** Vendor of each host of the corpus, written down by hand; `null`: no vendor of models. */
export const HOSTS: Readonly<Record<string, string | null>> = {
  "api.openai.com": "openai",
  "api.anthropic.com": "anthropic",
  "generativelanguage.googleapis.com": "google",
  "aiplatform.googleapis.com": "google-vertex",
  "us-east5-aiplatform.googleapis.com": "google-vertex",
  "openrouter.ai": "openrouter",
  "api.x.ai": "xai",
  "imgen.x.ai": null,
  "api.mistral.ai": "mistral",
  "api.cohere.com": "cohere",
  "ai-gateway.vercel.sh": "vercel",
  "rubyllm.services.ai.azure.com": "azure-ai-foundry",
  "fantasy-playground-resource.openai.azure.com": "azure",
  "api.deepseek.com": "deepseek",
  "ollama.com": "ollama-cloud",
  "bedrock-runtime.us-east-1.amazonaws.com": "aws-bedrock",
  "bedrock-runtime.<AWS_REGION>.amazonaws.com": "aws-bedrock",
  "bedrock-mantle.<AWS_REGION>.api.aws": "aws-bedrock",
  "api.perplexity.ai": "perplexity",
  "api.z.ai": "zai",
  "api.groq.com": "groq",
  "router.huggingface.co": "huggingface",
  "api.deepgram.com": "deepgram",
  "api.avian.io": "avian",
  "localhost:11434": "ollama",
  "oauth2.googleapis.com": null,
  "www.ruby-lang.org": null,
  "httpbin.org": null,
  "pdfobject.com": null,
};

/** Vendor a recording was made with; undefined when its host is masked or proves nothing, null when it is no vendor of models. */
export function providerOf(recording: Recording): string | null | undefined {
  return HOSTS[hostOf(recording)];
}
