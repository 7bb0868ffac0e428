/**
 * Prices by vendor, model and time, from the pinned package. Resolving a model costs the package about 16 µs, so the plain cases
 * (one price for input, output and cache) are remembered and multiplied here; all others go through the package each time.
 */
import { calcPrice, type ModelPrice } from "@pydantic/genai-prices";
import type { Usage } from "../../model/usage.ts";
import { toPriceNames } from "./price_name.ts";

/** Version of the package that `PRICE_DATE` belongs to. */
export const PRICE_PACKAGE_VERSION = "0.1.8";
/** Day the pinned price data was published. */
export const PRICE_DATE = "2026-09-23";

/** What a call costs at list price. */
export interface ListPrice {
  readonly input: number;
  readonly output: number;
}

/** A model's price while nothing but plain tokens is counted. */
interface PlainPrice {
  readonly name: string;
  /** Absent: the package has to calculate. */
  readonly perMillion?: {
    readonly input: number;
    readonly output: number;
    readonly cacheRead: number;
    readonly cacheWrite: number;
  };
}

/** Some prices change at full hours, some at half past. */
const PERIOD_MS = 30 * 60 * 1000;
const MOST_MODELS = 2048;
const PLAIN_KEYS: ReadonlySet<string> = new Set([
  "input_mtok",
  "output_mtok",
  "cache_read_mtok",
  "cache_write_mtok",
  "web_searches_kcount",
  "storage_searches_kcount",
]);

const known = new Map<string, PlainPrice | undefined>();

/** Gives the list price in USD of a call at a time (ms since 1970); undefined when vendor or model is unknown. Never throws. */
export function findPriceUsd(priceId: string, model: string, usage: Usage, timeMs: number): ListPrice | undefined {
  const key = `${priceId}\n${model}\n${Math.floor(timeMs / PERIOD_MS)}`;
  if (!known.has(key)) {
    if (known.size >= MOST_MODELS) known.clear();
    known.set(key, findPlainPrice(priceId, model, timeMs));
  }
  const price = known.get(key);
  if (price === undefined || hasOddParts(usage)) return undefined;
  if (price.perMillion === undefined || hasSpecialTokens(usage)) return calculate(priceId, price.name, usage, timeMs);
  return multiply(price.perMillion, usage);
}

function findPlainPrice(priceId: string, model: string, timeMs: number): PlainPrice | undefined {
  for (const name of toPriceNames(model)) {
    const price = resolve(priceId, name, timeMs);
    if (price !== undefined) return toPlainPrice(name, price);
  }
  return undefined;
}

function resolve(priceId: string, name: string, timeMs: number): ModelPrice | undefined {
  try {
    const found = calcPrice({ input_tokens: 1, output_tokens: 1 }, name, {
      providerId: priceId,
      timestamp: new Date(timeMs),
    });
    return found === null || isOfTime(found.model_price) ? undefined : found.model_price;
  } catch {
    return undefined;
  }
}

/** Charged by how long the sound is, which no count of tokens tells: the package would make it free. */
function isOfTime(price: ModelPrice): boolean {
  return Object.keys(price).some((key) => key.endsWith("_hours"));
}

function toPlainPrice(name: string, price: ModelPrice): PlainPrice {
  const { input_mtok: input, output_mtok: output, cache_read_mtok: cacheRead, cache_write_mtok: cacheWrite } = price;
  if (typeof input !== "number" || Object.keys(price).some((key) => !PLAIN_KEYS.has(key))) return { name };
  if (typeof output === "object" || typeof cacheRead === "object" || typeof cacheWrite === "object") return { name };
  return {
    name,
    perMillion: { input, output: output ?? 0, cacheRead: cacheRead ?? input, cacheWrite: cacheWrite ?? input },
  };
}

/** Parts larger than the whole: one of the counts does not mean what its name says, and no price follows from it. */
function hasOddParts(usage: Usage): boolean {
  const { inputTokens = 0, outputTokens = 0 } = usage;
  const input = [usage.cachedTokens, usage.cacheWriteTokens, usage.inputAudioTokens, usage.inputImageTokens];
  const output = [usage.reasoningTokens, usage.outputAudioTokens, usage.outputImageTokens];
  return input.some((part = 0) => part > inputTokens) || output.some((part = 0) => part > outputTokens);
}

function hasSpecialTokens(usage: Usage): boolean {
  return Boolean(
    usage.inputAudioTokens || usage.outputAudioTokens || usage.cachedAudioTokens || usage.inputImageTokens ||
      usage.outputImageTokens || usage.webSearches || usage.cacheWrite1hTokens,
  );
}

function multiply(price: NonNullable<PlainPrice["perMillion"]>, usage: Usage): ListPrice | undefined {
  const cached = usage.cachedTokens ?? 0;
  const written = usage.cacheWriteTokens ?? 0;
  const plain = (usage.inputTokens ?? 0) - cached - written;
  // Parts larger than the whole: one of the counts does not mean what its name says.
  if (plain < 0) return undefined;
  return {
    input: (plain * price.input + cached * price.cacheRead + written * price.cacheWrite) / 1e6,
    output: ((usage.outputTokens ?? 0) * price.output) / 1e6,
  };
}

function calculate(priceId: string, name: string, usage: Usage, timeMs: number): ListPrice | undefined {
  try {
    const found = calcPrice(toPackageUsage(usage), name, { providerId: priceId, timestamp: new Date(timeMs) });
    if (found === null) return undefined;
    if (usage.webSearches && found.model_price.web_searches_kcount === undefined) return undefined;
    if (SELLS_SOUND_APART.has(priceId) && lacksSoundPrice(found.model_price, usage)) return undefined;
    if (SELLS_PICTURES_APART.has(priceId) && lacksPicturePrice(found.model_price, usage)) return undefined;
    // What is charged by the search or request is in the total only.
    const input = found.total_price - found.output_price;
    return { input, output: found.output_price };
  } catch {
    return undefined;
  }
}

/** Vendors whose sound never costs what their text does; others have one price where the table has one. */
const SELLS_SOUND_APART: ReadonlySet<string> = new Set(["openai", "azure"]);

/** The same for pictures. */
const SELLS_PICTURES_APART: ReadonlySet<string> = new Set(["cohere"]);

function lacksPicturePrice(price: ModelPrice, usage: Usage): boolean {
  return Boolean(usage.inputImageTokens && price.input_image_mtok === undefined);
}

function lacksSoundPrice(price: ModelPrice, usage: Usage): boolean {
  return Boolean(usage.inputAudioTokens && price.input_audio_mtok === undefined) ||
    Boolean(usage.outputAudioTokens && price.output_audio_mtok === undefined);
}

function toPackageUsage(usage: Usage): Record<string, number | undefined> {
  return {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cache_read_tokens: usage.cachedTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    cache_write_1h_tokens: usage.cacheWrite1hTokens,
    output_reasoning_tokens: usage.reasoningTokens,
    input_audio_tokens: usage.inputAudioTokens,
    output_audio_tokens: usage.outputAudioTokens,
    cache_audio_read_tokens: usage.cachedAudioTokens,
    input_image_tokens: usage.inputImageTokens,
    output_image_tokens: usage.outputImageTokens,
    web_searches: usage.webSearches,
  };
}
