import assert from "node:assert/strict";
import { calcPrice, findProvider } from "@pydantic/genai-prices";
import { PROVIDERS } from "../../decode/provider/registry.ts";
import type { Usage } from "../../model/usage.ts";
import { toPriceNames } from "./price_name.ts";
import { findPriceUsd, PRICE_PACKAGE_VERSION } from "./price_table.ts";

const AT = Date.parse("2026-11-21T10:00:00Z");
const PRICE_IDS = [...new Set(PROVIDERS.flatMap((row) => row.priceId ?? []))];

Deno.test("prices worked out here equal those of the package for every model it knows", () => {
  const usages: readonly Usage[] = [
    { inputTokens: 1000, outputTokens: 100 },
    { inputTokens: 12_345, outputTokens: 678, cachedTokens: 2345 },
    { inputTokens: 400_000, outputTokens: 5000, cachedTokens: 1000, cacheWriteTokens: 2000 },
  ];
  let compared = 0;
  for (const providerId of PRICE_IDS) {
    for (const model of findProvider({ providerId })?.models ?? []) {
      for (const usage of usages) {
        const own = findPriceUsd(providerId, model.id, usage, AT);
        if (own === undefined) continue;
        const theirs = calcPrice(
          {
            input_tokens: usage.inputTokens,
            output_tokens: usage.outputTokens,
            cache_read_tokens: usage.cachedTokens,
            cache_write_tokens: usage.cacheWriteTokens,
          },
          model.id,
          { providerId, timestamp: new Date(AT) },
        );
        assert.ok(theirs !== null);
        assert.ok(Math.abs(own.input + own.output - theirs.total_price) < 1e-9, `${providerId} ${model.id}`);
        compared++;
      }
    }
  }
  assert.ok(compared > 2000, String(compared));
});

Deno.test("every price id of the vendor table is known to the package", () => {
  for (const id of PRICE_IDS) assert.ok(findProvider({ providerId: id }) !== undefined, id);
});

Deno.test("the price date belongs to the pinned package", () => {
  const { imports } = JSON.parse(Deno.readTextFileSync(new URL("../../../deno.json", import.meta.url)));
  assert.equal(imports["@pydantic/genai-prices"], `npm:@pydantic/genai-prices@${PRICE_PACKAGE_VERSION}`);
});

Deno.test("a price that changes over the day follows the time of the call", () => {
  const usage = { inputTokens: 1_000_000, outputTokens: 0 };
  const night = findPriceUsd("deepseek", "deepseek-chat", usage, Date.parse("2025-03-01T20:00:00Z"));
  const day = findPriceUsd("deepseek", "deepseek-chat", usage, Date.parse("2025-03-01T10:00:00Z"));
  assert.ok(night !== undefined && day !== undefined && night.input < day.input);
});

Deno.test("audio, long-lived cache and searches have prices of their own, and a search without a price has none", () => {
  const plain = findPriceUsd("anthropic", "claude-sonnet-4-5", {
    inputTokens: 1000,
    outputTokens: 0,
    cacheWriteTokens: 500,
  }, AT);
  const usage = { inputTokens: 1000, outputTokens: 0, cacheWriteTokens: 500, cacheWrite1hTokens: 500 };
  const longLived = findPriceUsd("anthropic", "claude-sonnet-4-5", usage, AT);
  assert.ok(plain !== undefined && longLived !== undefined && longLived.input > plain.input);
  const searched = findPriceUsd("anthropic", "claude-sonnet-4-5", {
    inputTokens: 1000,
    outputTokens: 0,
    webSearches: 1,
  }, AT);
  assert.ok(searched !== undefined && Math.abs(searched.input - 0.013) < 1e-9);
  assert.equal(
    findPriceUsd("cohere", "command-r", { inputTokens: 10, outputTokens: 1, webSearches: 1 }, AT),
    undefined,
  );
});

Deno.test("names of clouds are unwrapped, and what changes the price is kept", () => {
  assert.ok(toPriceNames("models/gemini-2.5-flash").includes("gemini-2.5-flash"));
  assert.ok(
    toPriceNames("us.anthropic.claude-sonnet-4-5-20250929-v1:0").includes("anthropic.claude-sonnet-4-5-20250929-v1:0"),
  );
  const arn = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0";
  assert.ok(toPriceNames(arn).includes("anthropic.claude-3-haiku-20240307-v1:0"));
  assert.ok(toPriceNames("claude-3-5-haiku@20241022").includes("claude-3-5-haiku"));
  assert.deepEqual(toPriceNames("deepseek/deepseek-r1:free"), ["deepseek/deepseek-r1:free"]);
  assert.deepEqual(toPriceNames("gpt-4o"), ["gpt-4o"]);
});

Deno.test("a model that is charged by the hour has no price by its tokens, which is not 0", () => {
  const usage = { inputTokens: 7, outputTokens: 82, outputAudioTokens: 75 };
  for (const [vendor, model] of [["x-ai", "grok-voice-latest"], ["openai", "whisper-1"]] as const) {
    assert.equal(findPriceUsd(vendor, model, usage, AT), undefined, model);
  }
});

Deno.test("tokens of pictures that a vendor sells at a price of their own have none where the table has none", () => {
  const usage = { inputTokens: 24, outputTokens: 0 };
  assert.ok(findPriceUsd("cohere", "embed-v4.0", usage, AT) !== undefined);
  assert.equal(findPriceUsd("cohere", "embed-v4.0", { ...usage, inputImageTokens: 20 }, AT), undefined);
});
