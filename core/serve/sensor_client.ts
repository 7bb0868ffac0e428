import { FindingError } from "../model/finding.ts";
import { isSocketAlive, listSockets } from "./socket_folder.ts";

/** Which events a client wants. */
export interface EventQuery {
  /** Expressions that all have to match. */
  readonly filters: readonly string[];
  /** RFC 3339: kept events from then on come first. */
  readonly since?: string;
}

/** What the sensor said when the stream was opened. */
export interface OpenedStream {
  /** Since when all events are kept, RFC 3339. */
  readonly eventsFrom: string | undefined;
}

/** A sensor that answers. */
export interface SensorClient {
  readonly pid: number;
  readonly path: string;
  /** GET of a route, parsed; undefined when the sensor does not answer with JSON. */
  json(route: string): Promise<unknown>;
  /**
   * The live events as JSON lines, without their line ends, until the sensor ends or `signal` is raised.
   * `onOpen` is called when the stream is open: events from then on are in it.
   * @throws {FindingError} with exit code 69 when the sensor does not understand the query
   */
  events(query: EventQuery, signal: AbortSignal, onOpen?: (stream: OpenedStream) => void): AsyncIterable<string>;
}

/** Every sensor that answers, from the folders given (see `findSocketFolder`), by process id. */
export async function findSensors(folders: readonly string[]): Promise<readonly SensorClient[]> {
  const sockets = folders.flatMap((folder) => listSockets(folder));
  const alive = await Promise.all(sockets.map(({ path }) => isSocketAlive(path)));
  return sockets.filter((_, index) => alive[index]).map(({ pid, path }) => createSensorClient(pid, path));
}

/** A client of one socket. */
export function createSensorClient(pid: number, path: string): SensorClient {
  return {
    pid,
    path,
    async json(route) {
      const client = Deno.createHttpClient({ proxy: { transport: "unix", path } });
      try {
        return await (await fetch(`http://sensor${route}`, { client })).json();
      } catch {
        return undefined;
      } finally {
        client.close();
      }
    },
    events: (query, signal, onOpen) => readEvents(path, toQuery(query), signal, onOpen),
  };
}

function toQuery({ filters, since }: EventQuery): string {
  const query = new URLSearchParams(filters.map((filter) => ["filter", filter]));
  if (since !== undefined) query.set("since", since);
  return query.size === 0 ? "" : `?${query}`;
}

async function* readEvents(
  path: string,
  query: string,
  signal: AbortSignal,
  onOpen: ((stream: OpenedStream) => void) | undefined,
): AsyncGenerator<string> {
  const client = Deno.createHttpClient({ proxy: { transport: "unix", path } });
  try {
    const response = await fetch(`http://sensor/api/events${query}`, { client, signal });
    const eventsFrom = response.headers.get("oisp-events-from") ?? undefined;
    if (!response.ok || (query !== "" && eventsFrom === undefined)) {
      await response.body?.cancel();
      throw refused(response.status);
    }
    if (response.body === null) return;
    onOpen?.({ eventsFrom });
    yield* splitLines(response.body);
  } catch (error) {
    // A sensor that ends, or is killed, ends its stream; that is no error of the reader.
    if (!signal.aborted && !(error instanceof TypeError)) throw error;
  } finally {
    client.close();
  }
}

/** The query was checked here by the same rules, so the sensor is of another version. */
function refused(status: number): FindingError {
  return new FindingError([{
    code: "OISP-SRV-006",
    severity: "error",
    what: `Cannot ask the sensor for some events only: it does not understand the query (${status})`,
    why: "it runs with another version of oisp",
    fix: "start it anew, or leave --filter and --since out",
  }], 69);
}

async function* splitLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
