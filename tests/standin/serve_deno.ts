/** The stand-in on Deno's own server (rustls): no OpenSSL probe can see it, so each captured byte is the client's. */
import { type Answer, jsonAnswer, type StandinRequest } from "./answer.ts";
import type { Identity } from "./certificate.ts";
import type { ExchangeLog, ExchangeRecord } from "./exchange_log.ts";
import { respond } from "./respond.ts";
import type { Script } from "./script.ts";

/** Serves until the process ends, by a script where there is one. @returns the port */
export async function serveDeno(
  identity: Identity,
  port: number,
  log: ExchangeLog,
  script?: Script,
): Promise<number> {
  const server = Deno.serve({
    hostname: "0.0.0.0",
    port,
    cert: identity.certificatePem,
    key: identity.keyPem,
    onListen: () => {},
    onError: () => new Response("stand-in failed", { status: 500 }),
  }, (request, info) => handle(request, info.remoteAddr, log, script));
  await Promise.resolve();
  return (server.addr as Deno.NetAddr).port;
}

async function handle(request: Request, address: Deno.Addr, log: ExchangeLog, script?: Script): Promise<Response> {
  const url = new URL(request.url);
  const received: StandinRequest = {
    method: request.method,
    path: url.pathname,
    headers: { host: url.host, ...Object.fromEntries(request.headers) },
    body: new Uint8Array(await request.arrayBuffer()),
  };
  const client = address.transport === "tcp" ? `${address.hostname}:${address.port}` : "";
  const record = log.begin(received, client);
  const answer = await respond(received, script).catch(() =>
    jsonAnswer({ error: { message: "the stand-in failed" } }, 500)
  );
  // Without this, Deno would choose a content coding by itself.
  const headers = { ...answer.headers, "cache-control": "no-transform" };
  return new Response(await toBody(answer, record), { status: answer.status, headers });
}

async function toBody(answer: Answer, record: ExchangeRecord): Promise<BodyInit> {
  const coding = answer.headers["content-encoding"];
  const [only] = answer.pieces;
  if (only && answer.pieces.length === 1) {
    await pause(only.pauseMs);
    record.wrote(only.bytes, only.pauseMs);
    record.end(answer.status, coding, false);
    return only.bytes as Uint8Array<ArrayBuffer>;
  }
  const pieces = answer.pieces.values();
  let isEnded = false;
  const end = (isAborted: boolean): void => {
    if (!isEnded) record.end(answer.status, coding, isAborted);
    isEnded = true;
  };
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const next = pieces.next();
      if (next.done) {
        end(false);
        return controller.close();
      }
      await pause(next.value.pauseMs);
      record.wrote(next.value.bytes, next.value.pauseMs);
      controller.enqueue(next.value.bytes);
    },
    cancel: () => end(true),
  }, { highWaterMark: 0 });
}

function pause(durationMs: number): Promise<void> {
  return durationMs > 0 ? new Promise((done) => setTimeout(done, durationMs)) : Promise.resolve();
}
