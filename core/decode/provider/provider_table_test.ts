import assert from "node:assert/strict";
import { findKeyPrefix } from "./key_prefix.ts";
import { findModelFamily } from "./model_family.ts";
import { isNotAiHost } from "./not_ai_hosts.ts";
import { findProvider } from "./lookup.ts";
import { PROVIDERS } from "./registry.ts";

const KEYS: Record<string, "text" | "texts" | "flag" | "tells"> = {
  id: "text",
  name: "text",
  kind: "text",
  hosts: "texts",
  paths: "texts",
  requiresPath: "flag",
  dialects: "texts",
  quirks: "texts",
  docsUrl: "text",
  keyPrefixes: "texts",
  authHeader: "text",
  priceId: "text",
  isPortProof: "flag",
  answerTells: "tells",
  ownPaths: "texts",
  stability: "text",
};

function hasShape(value: unknown, shape: string | undefined): boolean {
  if (shape === "text") return typeof value === "string" && value !== "";
  if (shape === "flag") return value === true;
  if (shape === "texts") {
    return Array.isArray(value) && value.every((entry) => typeof entry === "string" && entry !== "");
  }
  return shape === "tells" && Array.isArray(value) && value.length > 0;
}

Deno.test("every row of the provider table has known keys with the right types", () => {
  for (const row of PROVIDERS) {
    for (const [key, value] of Object.entries(row)) assert.ok(hasShape(value, KEYS[key]), `${row.id}.${key}`);
    assert.match(row.id, /^[a-z0-9][a-z0-9.-]*$/);
    assert.ok(["cloud", "gateway", "local", "web_app"].includes(row.kind), row.id);
    assert.ok(row.hosts.length > 0, row.id);
    for (const host of row.hosts) assert.match(host, /^[a-z0-9*.:-]+$/, row.id);
    assert.ok(row.docsUrl === undefined || row.docsUrl.startsWith("https://"), row.id);
  }
});

Deno.test("the provider table has unique ids and knows at least 363 vendors", () => {
  assert.equal(new Set(PROVIDERS.map((row) => row.id)).size, PROVIDERS.length);
  assert.ok(PROVIDERS.length >= 363);
});

Deno.test("findKeyPrefix shows at most 8 public characters and nothing of an unknown key", () => {
  assert.equal(findKeyPrefix("sk-proj-SECRETSECRET"), "sk-proj-");
  assert.equal(findKeyPrefix("sk-ant-api03-SECRET"), "sk-ant-a");
  assert.equal(findKeyPrefix("SECRETSECRET"), undefined);
  for (const row of PROVIDERS) {
    for (const prefix of row.keyPrefixes ?? []) {
      const shown = findKeyPrefix(`${prefix}SECRET`);
      assert.ok(
        shown !== undefined && shown.length <= 8 && prefix.startsWith(shown) || shown === prefix.slice(0, 8),
        prefix,
      );
    }
  }
});

Deno.test("findModelFamily knows documented names with and without gateway prefixes, and nothing else", () => {
  const expected: [string, string | undefined][] = [
    ["gpt-4o-mini-2024-07-18", "gpt-4"],
    ["openai/gpt-5.1", "gpt-5"],
    ["o1", "o1"],
    ["o10-x", undefined],
    ["us.anthropic.claude-sonnet-4-20250514-v1:0", "claude-4"],
    ["accounts/fireworks/models/llama-3-70b", "llama-3"],
    ["openai/gpt-6-luna", "gpt-6"],
    ["claude-fable-5", "claude-5"],
    ["global.openai.gpt-oss-20b-1:0", "gpt-oss"],
    ["google.gemma-4-31b", "gemma-4"],
    ["acme-1", undefined],
    ["", undefined],
  ];
  for (const [model, family] of expected) assert.equal(findModelFamily(model), family, model);
});

Deno.test("no host of a vendor is listed as one that never speaks to a model", () => {
  for (const row of PROVIDERS) {
    for (const host of row.hosts) assert.ok(!isNotAiHost(host.replace(/\*/g, "x")), host);
  }
  assert.ok(isNotAiHost("pypi.org") && isNotAiHost("o1.ingest.sentry.io:443"));
  assert.equal(findProvider("pypi.org", "/simple/").provider, undefined);
});
