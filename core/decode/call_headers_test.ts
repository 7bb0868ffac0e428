import assert from "node:assert/strict";
import { toAuthFacts } from "./call_auth.ts";
import { readRateLimit, readRequestId, readRetryAfterMs, readStatedCostUsd } from "./call_headers.ts";

function headers(entries: Record<string, string>): ReadonlyMap<string, string> {
  return new Map(Object.entries(entries));
}

Deno.test("the kind of authentication and a public key beginning are all that is told", () => {
  const cases: [Record<string, string>, string, unknown][] = [
    [{ authorization: "Bearer sk-proj-SECRET" }, "", { type: "bearer", keyPrefix: "sk-proj-" }],
    [{ authorization: "bearer SECRET" }, "", { type: "bearer" }],
    [{ authorization: "Basic SECRET" }, "", { type: "basic" }],
    [{ authorization: "AWS4-HMAC-SHA256 Credential=SECRET" }, "", { type: "aws_sigv4" }],
    [{ authorization: "Negotiate SECRET" }, "", { type: "other" }],
    [{ authorization: "SECRET" }, "", { type: "api_key" }],
    [{ "x-api-key": "sk-ant-api03-SECRET" }, "", { type: "api_key", keyPrefix: "sk-ant-a" }],
    [{ "x-goog-api-key": "AIzaSECRET" }, "", { type: "api_key", keyPrefix: "AIza" }],
    [{}, "alt=sse&key=AIzaSECRET", { type: "query_key", keyPrefix: "AIza" }],
    [{}, "monkey=1", { type: "none" }],
    [{ cookie: "SECRET" }, "", { type: "cookie" }],
  ];
  for (const [given, query, expected] of cases) {
    const facts = toAuthFacts(headers(given), query);
    assert.deepEqual(facts, expected);
    assert.ok(!JSON.stringify(facts).includes("SECRET"));
  }
});

Deno.test("where not all fields are known, a credential that is not seen may have been sent", () => {
  assert.equal(toAuthFacts(headers({ cookie: "a" }), "", true), undefined);
  assert.deepEqual(toAuthFacts(headers({ "api-key": "a" }), "", true), { type: "api_key" });
});

Deno.test("retry times are read from milliseconds, seconds and dates, never guessed", () => {
  const date = { date: "Sat, 21 Nov 2026 10:00:00 GMT" };
  assert.equal(readRetryAfterMs(headers({ "retry-after-ms": "1500", "retry-after": "9" })), 1500);
  assert.equal(readRetryAfterMs(headers({ "retry-after": "2" })), 2000);
  assert.equal(readRetryAfterMs(headers({ "retry-after": "Sat, 21 Nov 2026 10:00:05 GMT", ...date })), 5000);
  for (const value of ["Sat, 21 Nov 2026 10:00:05 GMT", "soon", "-1", "", "1e999x"]) {
    assert.equal(readRetryAfterMs(headers({ "retry-after": value })), undefined, value);
  }
});

Deno.test("rate limits, ids and stated costs are found by their names", () => {
  const given = headers({
    "x-ratelimit-limit-tokens": "9",
    "anthropic-ratelimit-requests-reset": "t",
    "ratelimit-policy": "p",
    "x-other": "1",
  });
  assert.deepEqual(Object.keys(readRateLimit(given) ?? {}).length, 3);
  assert.equal(readRateLimit(headers({ a: "b" })), undefined);
  assert.equal(readRequestId(headers({ "request-id": "req_1" })), "req_1");
  assert.equal(readStatedCostUsd(headers({ "x-litellm-response-cost": "1.5e-05" })), 0.000015);
  assert.equal(readStatedCostUsd(headers({ "x-litellm-response-cost": "None" })), undefined);
});

Deno.test("rate limits are told by the names of every vendor that documents them", () => {
  const limits = {
    "x-ratelimit-limit-requests": "5",
    "anthropic-ratelimit-tokens-remaining": "4",
    "ratelimitbysize-limit": "3",
    "x-ratelimitbysize-remaining-minute": "2",
    "x-trial-endpoint-call-remaining": "1",
    "x-endpoint-monthly-call-limit": "1000",
  };
  const others = { "x-call-id": "a", "llm_provider-x-ratelimit-limit-requests": "9", "x-litellm-call-limit": "8" };
  assert.deepEqual(readRateLimit(headers({ ...limits, ...others })), limits);
});
