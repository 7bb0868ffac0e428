import assert from "node:assert/strict";
import { findByAnswer, findProvider } from "./lookup.ts";
import { PROVIDERS } from "./registry.ts";
import type { Provider } from "./provider.ts";

/** A host that a pattern of the table stands for. */
function exampleHost(pattern: string): string {
  return pattern.replace(/\*/g, "x7");
}

/** A path that the row's path pattern stands for. */
function examplePath(pattern: string | undefined): string {
  return pattern === undefined ? "/v1/some/path" : pattern.replace(/\*/g, "x7");
}

function proves(row: Provider, host: string, path: string): boolean {
  const match = findProvider(host, path);
  if (!host.startsWith("localhost:") || row.isPortProof) return match.provider === row;
  if (row.ownPaths?.some((own) => path.startsWith(own))) return match.provider === row;
  // A shared or guessable port proves nothing by itself: the row is a candidate, and no name is given.
  return match.provider !== row && match.candidates.includes(row);
}

for (const row of PROVIDERS) {
  Deno.test(`findProvider leads from every host and path of ${row.id} to its row`, () => {
    for (const host of row.hosts) {
      for (const path of row.paths ?? [undefined]) {
        assert.ok(proves(row, exampleHost(host), examplePath(path)), `${exampleHost(host)} ${examplePath(path)}`);
      }
    }
  });
}

Deno.test("findProvider gives the ids of the event reference", () => {
  const expected: Record<string, string> = {
    "api.openai.com": "openai",
    "api.anthropic.com": "anthropic",
    "generativelanguage.googleapis.com": "google",
    "my-resource.openai.azure.com": "azure",
    "bedrock-runtime.eu-west-1.amazonaws.com": "aws-bedrock",
    "api.mistral.ai": "mistral",
    "api.groq.com": "groq",
    "api.together.xyz": "together",
    "localhost:11434": "ollama",
    "127.0.0.1:11434": "ollama",
    "[::1]:11434": "ollama",
  };
  for (const [host, id] of Object.entries(expected)) assert.equal(findProvider(host, "/v1/x").provider?.id, id, host);
});

Deno.test("findProvider takes a port of a public host and repeated slashes as nothing special", () => {
  assert.equal(findProvider("api.openai.com:8443", "/v1/chat/completions").provider?.id, "openai");
  assert.equal(findProvider("openrouter.ai", "//api//v1/chat/completions").provider?.id, "openrouter");
});

Deno.test("findProvider never names a vendor for a host that only looks like one", () => {
  for (const host of ["api.openai.com.evil.test", "xapi.openai.com.test", "notopenai.com", "azure.com", "localhost"]) {
    assert.equal(findProvider(host, "/v1/chat/completions").provider, undefined, host);
  }
});

Deno.test("findProvider names no vendor of a host that serves other things when no path fits", () => {
  assert.equal(findProvider("openrouter.ai", "/pricing").provider, undefined);
  assert.equal(findProvider("chatgpt.com", "/backend-api/codex/responses").provider?.id, "codex-backend");
  assert.equal(findProvider("chatgpt.com", "/backend-api/conversation").provider?.id, "chatgpt-web");
});

Deno.test("findByAnswer proves a local server by the header only it sends", () => {
  const { candidates } = findProvider("localhost:8080", "/v1/chat/completions");
  assert.equal(findByAnswer(candidates, new Map([["server", "llama.cpp"]]))?.id, "llamacpp");
  assert.equal(findByAnswer(candidates, new Map([["server", "uvicorn"]])), undefined);
});
