import { FindingError } from "../model/finding.ts";
import { type ApiContext, handleRequest } from "./api.ts";
import { createSocketFolder, removeStaleSockets, type SocketOwner } from "./socket_folder.ts";

/** Options of the sensor socket. */
export interface SensorServerOptions {
  /** From `findSocketFolder`. */
  readonly folder: string;
  /** User the socket shall belong to: the caller of sudo. */
  readonly owner?: SocketOwner;
  readonly context: ApiContext;
}

/** A listening sensor socket. */
export interface SensorServer {
  readonly path: string;
  /** Ends the streams, stops listening and removes the socket. Idempotent. */
  close(): Promise<void>;
}

/** Longest wait for clients that are still reading, at the end. */
const CLOSE_MS = 500;

/** Begins to serve `/api` on the socket of this process. @throws {FindingError} with exit code 73. */
export async function serveSensorSocket(options: SensorServerOptions): Promise<SensorServer> {
  createSocketFolder(options.folder);
  await removeStaleSockets(options.folder);
  const path = `${options.folder}/${Deno.pid}.sock`;
  const abort = new AbortController();
  const server = listen(path, abort.signal, options.context);
  if (options.owner !== undefined) Deno.chownSync(path, options.owner.uid, options.owner.gid);
  let closing: Promise<void> | undefined;
  return { path, close: () => closing ??= closeServer(server, options.context, abort) };
}

function listen(path: string, signal: AbortSignal, context: ApiContext): Deno.HttpServer {
  // The mode must be right from the first moment: bind() applies the mask.
  const mask = Deno.umask(0o177);
  try {
    const handler = (request: Request) => handleRequest(request, context);
    return Deno.serve(
      { path, signal, onListen: () => {}, onError: () => new Response(null, { status: 500 }) },
      handler,
    );
  } catch (error) {
    throw new FindingError([{
      code: "OISP-SRV-002",
      severity: "error",
      what: `Cannot listen on the sensor socket ${path}: ${error instanceof Error ? error.message : String(error)}`,
    }], 73);
  } finally {
    Deno.umask(mask);
  }
}

async function closeServer(server: Deno.HttpServer, context: ApiContext, abort: AbortController): Promise<void> {
  context.hub.close();
  // Aborting a server that has ended is an error, so only one that still waits for a client is aborted.
  const timer = setTimeout(() => abort.abort(), CLOSE_MS);
  await server.shutdown();
  clearTimeout(timer);
  await server.finished;
}
