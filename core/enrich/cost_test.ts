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

Deno.test("what a vendor bills besides is in the cost, or there is none", () => {
  const usage = { inputTokens: 1000, outputTokens: 100 };
  const costOf = (besides: readonly { readonly model?: string; readonly usage: typeof usage }[]) => {
    const { event } = enrich(
      draft({}, { provider: "openai", model: "gpt-4o-2024-08-06", usage: { ...usage, besides } }),
    );
    assert.ok(event.event_type === "ai.response");
    return event.data.cost?.usd;
  };
  assert.equal(costOf([]), 0.0035);
  assert.equal(costOf([{ usage }]), 0.007);
  assert.equal(costOf([{ usage }, { model: "gpt-4o-mini", usage }]), 0.00721);
  assert.equal(costOf([{ model: "gpt-99-imaginary", usage }]), undefined);
  assert.equal(costOf([{ model: "", usage }]), undefined);
});

Deno.test("sound has a price of its own at OpenAI, or none", () => {
  const usage = { inputTokens: 1000, outputTokens: 100 };
  const hasCost = (model: string, sound: { inputAudioTokens?: number; outputAudioTokens?: number }) =>
    "cost" in enrich(draft({}, { provider: "openai", model, usage: { ...usage, ...sound } })).event.data;
  assert.ok(hasCost("gpt-4o-audio-preview", {}));
  assert.ok(!hasCost("gpt-4o-audio-preview", { outputAudioTokens: 50 }));
  assert.ok(!hasCost("gpt-4o-audio-preview", { inputAudioTokens: 50 }));
  assert.ok(hasCost("gpt-audio", { inputAudioTokens: 50, outputAudioTokens: 50 }));
});
