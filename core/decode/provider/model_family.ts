/**
 * Model families by the beginning of the model's name, most exact first. Only names whose vendor documents the family are here;
 * anything else has none.
 */
const FAMILIES: readonly (readonly [prefix: string, family: string])[] = [
  ["gpt-4.1", "gpt-4"],
  ["gpt-4o", "gpt-4"],
  ["gpt-4", "gpt-4"],
  ["gpt-3.5", "gpt-3.5"],
  ["gpt-oss", "gpt-oss"],
  ["gpt-5", "gpt-5"],
  ["gpt-6", "gpt-6"],
  ["chatgpt-4o", "gpt-4"],
  ["o1", "o1"],
  ["o3", "o3"],
  ["o4", "o4"],
  ["text-embedding-3", "text-embedding-3"],
  ["text-embedding-ada", "text-embedding-ada"],
  ["dall-e", "dall-e"],
  ["whisper", "whisper"],
  ["claude-2", "claude-2"],
  ["claude-3", "claude-3"],
  ["claude-opus-4", "claude-4"],
  ["claude-sonnet-4", "claude-4"],
  ["claude-haiku-4", "claude-4"],
  ["claude-4", "claude-4"],
  ["claude-opus-5", "claude-5"],
  ["claude-sonnet-5", "claude-5"],
  ["claude-haiku-5", "claude-5"],
  ["claude-fable-5", "claude-5"],
  ["gemini-1.5", "gemini-1.5"],
  ["gemini-2.0", "gemini-2.0"],
  ["gemini-2.5", "gemini-2.5"],
  ["gemini-3", "gemini-3"],
  ["gemma-2", "gemma-2"],
  ["gemma-3", "gemma-3"],
  ["gemma-4", "gemma-4"],
  ["mistral", "mistral"],
  ["ministral", "ministral"],
  ["magistral", "magistral"],
  ["codestral", "codestral"],
  ["pixtral", "pixtral"],
  ["mixtral", "mixtral"],
  ["grok-2", "grok-2"],
  ["grok-3", "grok-3"],
  ["grok-4", "grok-4"],
  ["deepseek-v3", "deepseek-v3"],
  ["deepseek-v4", "deepseek-v4"],
  ["deepseek-r1", "deepseek-r1"],
  ["command-a", "command-a"],
  ["command-r", "command-r"],
  ["llama-2", "llama-2"],
  ["llama-3", "llama-3"],
  ["llama-4", "llama-4"],
  ["llama2", "llama-2"],
  ["llama3", "llama-3"],
  ["llama4", "llama-4"],
  ["qwen2.5", "qwen-2.5"],
  ["qwen-2.5", "qwen-2.5"],
  ["qwen3", "qwen-3"],
  ["qwen-3", "qwen-3"],
  ["sonar", "sonar"],
  ["kimi-k2", "kimi-k2"],
  ["glm-4", "glm-4"],
  ["glm-5", "glm-5"],
  ["nova", "nova"],
  ["titan-embed", "titan-embed"],
  ["titan-text", "titan-text"],
];

/** Region and vendor words that Bedrock puts before a model's name (`us.anthropic.claude-…`). */
const DOTTED_VENDORS =
  /^(?:(?:us|eu|apac|global|jp|au|us-gov)\.)?(?:anthropic|amazon|meta|mistral|cohere|deepseek|openai|google|qwen|moonshotai|moonshot|zai)\./;

const MAX_CACHED = 512;
const cache = new Map<string, string | undefined>();

/**
 * Gives the family of a model name; undefined for names that are in no list. Gateway prefixes (`vendor/name`,
 * `accounts/…/models/name`) and Bedrock's region and vendor words are left out before the comparison.
 */
export function findModelFamily(model: string): string | undefined {
  if (cache.has(model)) return cache.get(model);
  const family = search(model);
  if (cache.size < MAX_CACHED && model.length < 128) cache.set(model, family);
  return family;
}

function search(model: string): string | undefined {
  const name = model.slice(model.lastIndexOf("/") + 1).toLowerCase().replace(DOTTED_VENDORS, "");
  return FAMILIES.find(([prefix]) => isNameStart(name, prefix))?.[1];
}

/** `o1` begins `o1-mini` and `o1`, not `o10` or `o1x`. */
function isNameStart(name: string, prefix: string): boolean {
  return name.startsWith(prefix) && !/[a-z0-9]/.test(name.charAt(prefix.length));
}
