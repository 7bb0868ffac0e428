/**
 * The film of the pipeline: each fixture's captured bytes (1-raw.jsonl) through decode, compared with the exchanges
 * (2-exchange.json) and the events (3-events.jsonl) beside them. `OISP_GOLDEN=write` writes them anew, to be read as a diff.
 */
import assert from "node:assert/strict";
import { records } from "../core/capture/records.ts";
import { createCallStage } from "../core/decode/call_stage.ts";
import type { CallStage } from "../core/decode/call_stage_types.ts";
import { createDecoder, DECODER_DEFAULTS } from "../core/decode/decoder.ts";
import type { BodySink } from "../core/decode/exchange_sink.ts";
import type { HttpExchange } from "../core/model/http_exchange.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url);
const isWriting = Deno.env.get("OISP_GOLDEN") === "write";

interface Film {
  readonly exchanges: readonly unknown[];
  readonly events: readonly unknown[];
}

for (const folder of listFixtures()) {
  Deno.test(`the fixture ${folder} gives its exchanges and its events`, async () => {
    const base = new URL(`${folder}/`, FIXTURES);
    const film = await decodeFixture(new URL("1-raw.jsonl", base));
    const exchangeText = `${JSON.stringify(film.exchanges, null, 2)}\n`;
    const eventText = film.events.map((event) => `${JSON.stringify(event)}\n`).join("");
    if (isWriting) {
      Deno.writeTextFileSync(new URL("2-exchange.json", base), exchangeText);
      Deno.writeTextFileSync(new URL("3-events.jsonl", base), eventText);
    }
    assert.ok(film.events.length > 0);
    assert.equal(exchangeText, Deno.readTextFileSync(new URL("2-exchange.json", base)));
    assert.equal(eventText, Deno.readTextFileSync(new URL("3-events.jsonl", base)));
    assert.match(Deno.readTextFileSync(new URL("note.md", base)), /^# .+\n/);
  });
}

function listFixtures(): string[] {
  const folders: string[] = [];
  for (const provider of Deno.readDirSync(FIXTURES)) {
    if (!provider.isDirectory) continue;
    for (const entry of Deno.readDirSync(new URL(`${provider.name}/`, FIXTURES))) {
      const folder = `${provider.name}/${entry.name}`;
      if (entry.isDirectory && hasFile(`${folder}/1-raw.jsonl`)) folders.push(folder);
    }
  }
  return folders.sort();
}

function hasFile(path: string): boolean {
  try {
    return Deno.statSync(new URL(path, FIXTURES)).isFile;
  } catch {
    return false;
  }
}

async function decodeFixture(file: URL): Promise<Film> {
  const run = await records.open({ from: file.pathname });
  const exchanges: unknown[] = [];
  const events: unknown[] = [];
  const decoder = createDecoder({
    ...DECODER_DEFAULTS,
    bootId: run.info.bootId,
    isUnordered: true,
    createCallStage: (context, output) => watch(createCallStage(context, output), exchanges),
  }, { draft: ({ event }) => void events.push(event), verdict: () => {} });
  await run.run({ raw: (fact) => decoder.raw(fact), exchange: (input) => decoder.exchange(input) });
  decoder.close();
  return { exchanges, events };
}

/** Passes everything on to the call stage and keeps each exchange as it was told. */
function watch(stage: CallStage, exchanges: unknown[]): CallStage {
  const bodies = new Map<HttpExchange, { request: string; response: string }>();
  return {
    request(exchange) {
      const texts = { request: "", response: "" };
      bodies.set(exchange, texts);
      return copy(stage.request(exchange), (text) => texts.request += text);
    },
    response(exchange) {
      const texts = bodies.get(exchange);
      return copy(stage.response(exchange), (text) => texts && (texts.response += text));
    },
    exchangeEnd(exchange, timeNs) {
      exchanges.push(toExchange(exchange, bodies.get(exchange)));
      stage.exchangeEnd(exchange, timeNs);
    },
    undecodable: (connection, reason, timeNs) => stage.undecodable(connection, reason, timeNs),
    advance: (nowNs) => stage.advance(nowNs),
    get heldBytes() {
      return stage.heldBytes;
    },
  };
}

function copy(sink: BodySink | undefined, keep: (text: string) => void): BodySink | undefined {
  const decoder = new TextDecoder();
  return sink && {
    data(bytes, timeNs) {
      keep(decoder.decode(bytes, { stream: true }));
      sink.data(bytes, timeNs);
    },
    gap: (lostBytes, reason) => sink.gap(lostBytes, reason),
    end: (completeness, timeNs) => sink.end(completeness, timeNs),
  };
}

function toExchange(exchange: HttpExchange, bodies: { request: string; response: string } | undefined): unknown {
  const { request, response } = exchange;
  return {
    protocol: exchange.protocol,
    request: {
      method: request.method,
      host: request.host,
      target: request.target,
      headers: Object.fromEntries(request.headers),
      first_byte_ns: request.firstByteNs,
      last_byte_ns: request.lastByteNs,
      completeness: request.completeness,
      body: toBody(bodies?.request ?? ""),
    },
    ...(response !== undefined && {
      response: {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        first_byte_ns: response.firstByteNs,
        last_byte_ns: response.lastByteNs,
        completeness: response.completeness,
        ...(response.reasons.length > 0 && { reasons: response.reasons }),
        body: toBody(bodies?.response ?? ""),
      },
    }),
  };
}

/** JSON as a value, an event stream as its lines: readable without tools. */
function toBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.split("\n");
  }
}
