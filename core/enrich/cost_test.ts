import assert from "node:assert/strict";
import { draft, enrich } from "./enrich_testing.ts";

Deno.test("an answer's cost comes from the price table, with its date", () => {
  const usage = { inputTokens: 1000, outputTokens: 100, cachedTokens: 200 };
  const { event } = enrich(draft({}, { provider: "openai", model: "gpt-4o-2024-08-06", usage }));
  assert.deepEqual(event.data.cost, {
    usd: 0.00325,
    input_usd: 0.00225,
    output_usd: 0.001,
    source: "price_table",
    price_date: "2026-09-23",
  });
});

Deno.test("a cost on the wire beats the price table", () => {
  const usage = { inputTokens: 1000, outputTokens: 100, statedCostUsd: 0.5 };
  const { event } = enrich(draft({}, { provider: "openrouter", model: "openai/gpt-4o", usage }));
  assert.deepEqual(event.data.cost, { usd: 0.5, source: "provider" });
});

Deno.test("what is not known has no cost", () => {
  const usage = { inputTokens: 1000, outputTokens: 100 };
  const cases = [
    draft({}, { provider: "openai", model: "gpt-99-imaginary", usage }),
    draft({}, { provider: "ollama", model: "llama3", usage }),
    draft({}, { model: "gpt-4o", usage }),
    draft({}, { provider: "openai", model: "gpt-4o", usage, serviceTier: "flex" }),
    draft({}, { provider: "openai", model: "gpt-4o", usage: { inputTokens: 1000 } }),
    draft({}, { provider: "openai", model: "gpt-4o", usage: { ...usage, cachedTokens: 2000 } }),
    draft({}, {
      provider: "mistral",
      model: "voxtral-mini-latest",
      usage: { inputTokens: 5, outputTokens: 20, inputAudioTokens: 375 },
    }),
    draft({}, { provider: "openai", model: "gpt-4o" }),
  ];
  for (const one of cases) assert.equal("cost" in enrich(one).event.data, false);
});

Deno.test("where a vendor bills fewer tokens than the model read, those are what it costs", () => {
  const usage = { inputTokens: 1000, outputTokens: 100, billedInputTokens: 500, billedOutputTokens: 50 };
  const { event } = enrich(draft({}, { provider: "openai", model: "gpt-4o-2024-08-06", usage }));
  assert.ok(event.event_type === "ai.response");
  assert.equal(event.data.cost?.input_usd, 0.00125);
  assert.equal(event.data.cost?.output_usd, 0.0005);
});
