import { deepStrictEqual, match, strictEqual } from "node:assert";
import { gunzipSync } from "node:zlib";
import type { LoggedExchange } from "./exchange_log.ts";

interface Standin {
  readonly folder: string;
  readonly base: string;
  readonly client: Deno.HttpClient;
  log(): LoggedExchange[];
}

/** Starts a stand-in as its own process and stops it after `use`. */
async function withStandin(use: (standin: Standin) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("main.ts", import.meta.url).pathname, folder],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { port } = JSON.parse((await lines.read()).value ?? "");
  const client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(`${folder}/ca.pem`)] });
  const read = () => Deno.readTextFileSync(`${folder}/log.jsonl`).trim().split("\n").map((line) => JSON.parse(line));
  try {
    await use({ folder, base: `https://localhost:${port}`, client, log: read });
  } finally {
    client.close();
    child.kill("SIGTERM");
    await child.status;
    await lines.cancel();
    await Deno.remove(folder, { recursive: true });
  }
}

function post(standin: Standin, path: string, body: unknown, wishes: unknown = {}): Promise<Response> {
  return fetch(standin.base + path, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "x-standin": JSON.stringify(wishes), "content-type": "application/json" },
    client: standin.client,
  });
}

const ASK = { model: "gpt-4o-mini", messages: [{ role: "user", content: "hello call-7" }] };

Deno.test("the stand-in logs exactly the bytes of request and answer", async () => {
  await withStandin(async (standin) => {
    const answer = await post(standin, "/v1/chat/completions", ASK);
    const text = await answer.text();
    match(text, /Answer to call-7/);
    const [line] = standin.log();
    deepStrictEqual(JSON.parse(atob(line?.request_body ?? "")), ASK);
    strictEqual(
      new TextDecoder().decode(Uint8Array.from(atob(line?.response_body ?? ""), (c) => c.charCodeAt(0))),
      text,
    );
  });
});

Deno.test("the stand-in streams with the pauses it logs, gzip flushed for each event", async () => {
  await withStandin(async (standin) => {
    const wishes = { pauseMs: 5, coding: "gzip", chunks: 3 };
    const answer = await post(standin, "/v1/messages", { ...ASK, stream: true }, wishes);
    const text = await answer.text();
    const [line] = standin.log();
    strictEqual(line?.content_encoding, "gzip");
    strictEqual(gunzipSync(Uint8Array.from(atob(line.response_body), (c) => c.charCodeAt(0))).toString(), text);
    strictEqual(line.pauses_ms, (text.split("\n\n").length - 1) * 5);
  });
});

Deno.test("the stand-in answers with errors, tool calls and 404 as asked", async () => {
  await withStandin(async (standin) => {
    const limited = await post(standin, "/v1/chat/completions", ASK, { status: 429 });
    deepStrictEqual([limited.status, limited.headers.get("retry-after")], [429, "7"]);
    match(await limited.text(), /rate_limit_exceeded/);
    const tools = [{ type: "function", function: { name: "weather", parameters: {} } }];
    match(
      await (await post(standin, "/v1/chat/completions", { ...ASK, tools })).text(),
      /"tool_calls":\[\{"id":"tool_/,
    );
    strictEqual((await (await post(standin, "/v1/nothing", {})).json()).error.message, "no such path");
    strictEqual((await (await fetch(standin.base + "/health", { client: standin.client })).json()).ok, true);
  });
});
