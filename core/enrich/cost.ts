/**
 * What an answer cost. A cost stated on the wire beats the price table; an unknown vendor, model or service tier has no cost.
 *
 * @see https://github.com/pydantic/genai-prices (read 2026-11-21)
 */
import { PROVIDERS } from "../decode/provider/registry.ts";
import type { EventOf } from "../model/oisp_event.ts";
import type { Usage } from "../model/usage.ts";
import type { Enricher } from "./enricher.ts";
import { findPriceUsd, type ListPrice, PRICE_DATE } from "./prices/price_table.ts";

type Cost = NonNullable<EventOf<"ai.response">["data"]["cost"]>;

const PRICE_IDS = new Map(PROVIDERS.flatMap((row) => row.priceId === undefined ? [] : [[row.id, row.priceId]]));

/** Tiers that cost what the price list says; others (flex, priority, batch) have prices of their own that no table holds. */
const LIST_PRICE_TIERS: ReadonlySet<string> = new Set(["default", "standard", "auto", "on_demand", "standard_only"]);

/** Adds the cost of an answer or embedding. */
export const cost: Enricher = {
  id: "cost",
  summary: "Cost of an answer: as stated on the wire, else by the pinned price table",
  stability: "stable",
  enrich({ event, call, timeNs }, context) {
    if (event.event_type !== "ai.response" && event.event_type !== "ai.embedding") return;
    const usage = call?.response?.usage;
    if (usage === undefined || event.data.cost !== undefined) return;
    const timeMs = timeNs / 1e6 + context.clockOffsetUs / 1000;
    const found = toStatedCost(usage) ?? toListedCost(event, usage, call?.response?.serviceTier, timeMs);
    if (found !== undefined) event.data.cost = found;
  },
};

function toStatedCost({ statedCostUsd }: Usage): Cost | undefined {
  return statedCostUsd === undefined ? undefined : { usd: roundUsd(statedCostUsd), source: "provider" };
}

function toListedCost(
  { data }: EventOf<"ai.response"> | EventOf<"ai.embedding">,
  usage: Usage,
  serviceTier: string | undefined,
  timeMs: number,
): Cost | undefined {
  const priceId = PRICE_IDS.get(data.provider?.id ?? "");
  if (priceId === undefined || usage.inputTokens === undefined) return undefined;
  if (usage.outputTokens === undefined && data.request_type !== "embedding") return undefined;
  if (serviceTier !== undefined && !LIST_PRICE_TIERS.has(serviceTier)) return undefined;
  const billed = toBilled(usage);
  for (const model of [data.model?.id, data.model?.requested_id]) {
    const price = model === undefined ? undefined : findWholePrice(priceId, model, billed, timeMs);
    if (price !== undefined) return toCost(price.input, price.output);
  }
  return undefined;
}

/** The price with what is billed besides; undefined where a part of it has none. */
function findWholePrice(priceId: string, model: string, usage: Usage, timeMs: number): ListPrice | undefined {
  let price = findPriceUsd(priceId, model, usage, timeMs);
  for (const besides of usage.besides ?? []) {
    const other = findPriceUsd(priceId, besides.model ?? model, besides.usage, timeMs);
    if (price === undefined || other === undefined) return undefined;
    price = { input: price.input + other.input, output: price.output + other.output };
  }
  return price;
}

/** Counts as the vendor bills them. */
function toBilled(usage: Usage): Usage {
  const { billedInputTokens, billedOutputTokens } = usage;
  if (billedInputTokens === undefined && billedOutputTokens === undefined) return usage;
  return {
    ...usage,
    ...(billedInputTokens !== undefined && { inputTokens: billedInputTokens }),
    ...(billedOutputTokens !== undefined && { outputTokens: billedOutputTokens }),
  };
}

function toCost(input: number, output: number): Cost {
  return {
    usd: roundUsd(input + output),
    input_usd: roundUsd(input),
    output_usd: roundUsd(output),
    source: "price_table",
    price_date: PRICE_DATE,
  };
}

/** Twelve digits after the point: finer than any price, and free of the noise of binary fractions. */
function roundUsd(usd: number): number {
  return Math.round(usd * 1e12) / 1e12;
}
