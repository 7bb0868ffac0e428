/** The stand-in on Node's server (OpenSSL): both ends of a connection are visible to the probes then. */
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { AddressInfo } from "node:net";
import { Buffer } from "node:buffer";
import { type Answer, jsonAnswer, type StandinRequest } from "./answer.ts";
import type { Identity } from "./certificate.ts";
import type { ExchangeLog } from "./exchange_log.ts";
import { respond } from "./respond.ts";

/** Serves until the process ends. @returns the port */
export async function serveNode(identity: Identity, port: number, log: ExchangeLog): Promise<number> {
  const server = createSecureServer(
    { allowHTTP1: true, cert: identity.certificatePem, key: identity.keyPem },
    (request, response) => void handle(request, response, log),
  );
  await new Promise<void>((done) => server.listen(port, "0.0.0.0", () => done()));
  return (server.address() as AddressInfo).port;
}

async function handle(request: Http2ServerRequest, response: Http2ServerResponse, log: ExchangeLog): Promise<void> {
  const received = await receive(request);
  const { remoteAddress, remotePort } = request.socket;
  const record = log.begin(received, `${remoteAddress}:${remotePort}`);
  const answer = await respond(received).catch(() => jsonAnswer({ error: { message: "the stand-in failed" } }, 500));
  response.writeHead(answer.status, toHeaders(answer));
  let isGone = false;
  response.on("close", () => isGone = !response.writableEnded);
  for (const piece of answer.pieces) {
    if (piece.pauseMs > 0) await new Promise((done) => setTimeout(done, piece.pauseMs));
    if (isGone) break;
    record.wrote(piece.bytes, piece.pauseMs);
    if (!response.write(piece.bytes)) await new Promise((done) => response.once("drain", () => done(undefined)));
  }
  response.end();
  record.end(answer.status, answer.headers["content-encoding"], isGone);
}

async function receive(request: Http2ServerRequest): Promise<StandinRequest> {
  const parts: Uint8Array[] = [];
  for await (const part of request) parts.push(part as Uint8Array);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
  return { method: request.method, path: request.url.split("?")[0] ?? "", headers, body: Buffer.concat(parts) };
}

/** A body in one piece has a length; a stream is chunked. */
function toHeaders(answer: Answer): Record<string, string> {
  const [only] = answer.pieces;
  const length = only && answer.pieces.length === 1 ? { "content-length": String(only.bytes.length) } : {};
  return { ...answer.headers, ...length };
}
