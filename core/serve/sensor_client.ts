import { isSocketAlive, listSockets } from "./socket_folder.ts";

/** A sensor that answers. */
export interface SensorClient {
  readonly pid: number;
  readonly path: string;
  /** GET of a route, parsed; undefined when the sensor does not answer with JSON. */
  json(route: string): Promise<unknown>;
  /**
   * The live events as JSON lines, without their line ends, until the sensor ends or `signal` is raised.
   * `onOpen` is called when the stream is open: events from then on are in it.
   */
  events(signal: AbortSignal, onOpen?: () => void): AsyncIterable<string>;
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
    events: (signal, onOpen) => readEvents(path, signal, onOpen),
  };
}

async function* readEvents(
  path: string,
  signal: AbortSignal,
  onOpen: (() => void) | undefined,
): AsyncGenerator<string> {
  const client = Deno.createHttpClient({ proxy: { transport: "unix", path } });
  try {
    const response = await fetch("http://sensor/api/events", { client, signal });
    if (response.body === null) return;
    onOpen?.();
    yield* splitLines(response.body);
  } catch (error) {
    // A sensor that ends, or is killed, ends its stream; that is no error of the reader.
    if (!signal.aborted && !(error instanceof TypeError)) throw error;
  } finally {
    client.close();
  }
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
