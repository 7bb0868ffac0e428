/**
 * The program's edges as a value, so that commands can be tested: standard streams, environment, terminal facts. stdout is
 * data, stderr is talk.
 */
import { chooseColor, type ColorMode } from "./term/color.ts";

/** One of the two output streams. */
export interface OutputStream {
  readonly isTerminal: boolean;
  /** True when text written here may carry colour. */
  readonly hasColor: boolean;
  /** Columns of the terminal; 80 where there is none. */
  columns(): number;
  /** Writes everything before it returns. @throws {Deno.errors.BrokenPipe} when the reader is gone. */
  writeSync(text: string): void;
  /** Writes everything; waits for a slow reader without blocking the event loop. */
  write(bytes: Uint8Array): Promise<void>;
  /** Nobody reads the other end slowly: it is a regular file or `/dev/null`. Bytes may be written by `writeBytesSync`. */
  readonly isFile: boolean;
  /** Writes everything before it returns; only where `isFile`. */
  writeBytesSync(bytes: Uint8Array): void;
}

/** What a command may touch of the process it runs in. */
export interface Io {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdinIsTerminal: boolean;
  /** Environment variable, or undefined. */
  env(name: string): string | undefined;
  /** Writes one line of talk unless `--quiet`. */
  say(line: string): void;
  readonly isQuiet: boolean;
  /** Number of `-v`. */
  readonly verbosity: number;
  readonly showsProgress: boolean;
}

/** Settings of the global flags that shape the streams. */
export interface IoOptions {
  readonly color: ColorMode;
  readonly isQuiet: boolean;
  readonly verbosity: number;
  readonly showsProgress: boolean;
}

/** Before the flags are read. */
export const PLAIN_IO: IoOptions = { color: "auto", isQuiet: false, verbosity: 0, showsProgress: false };

const encoder = new TextEncoder();

function writeAllSync(stream: typeof Deno.stdout, bytes: Uint8Array): void {
  let rest = bytes;
  while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
}

async function writeAll(stream: typeof Deno.stdout, bytes: Uint8Array): Promise<void> {
  let rest = bytes;
  while (rest.length > 0) rest = rest.subarray(await stream.write(rest));
}

/**
 * Whether writing to a descriptor never waits for a reader. Asked through `/proc`: the module that can ask the descriptor itself
 * costs every start about 50 ms.
 */
function isFile(descriptor: number, isTerminal: boolean): boolean {
  try {
    const facts = Deno.statSync(`/proc/self/fd/${descriptor}`);
    return facts.isFile || (facts.isCharDevice === true && !isTerminal);
  } catch {
    return false;
  }
}

function createStream(
  stream: typeof Deno.stdout,
  descriptor: number,
  color: ColorMode,
  env: (name: string) => string | undefined,
): OutputStream {
  const isTerminal = stream.isTerminal();
  return {
    isTerminal,
    hasColor: chooseColor(color, isTerminal, env),
    columns: () => readColumns(isTerminal),
    isFile: isFile(descriptor, isTerminal),
    writeSync: (text) => writeAllSync(stream, encoder.encode(text)),
    writeBytesSync: (bytes) => writeAllSync(stream, bytes),
    write: (bytes) => writeAll(stream, bytes),
  };
}

function readColumns(isTerminal: boolean): number {
  if (!isTerminal) return 80;
  try {
    return Math.max(20, Deno.consoleSize().columns);
  } catch {
    return 80;
  }
}

/** Creates the edges of the real process. */
export function createIo(options: IoOptions): Io {
  const env = (name: string) => Deno.env.get(name);
  const stderr = createStream(Deno.stderr, 2, options.color, env);
  return {
    ...options,
    stdout: createStream(Deno.stdout, 1, options.color, env),
    stderr,
    stdinIsTerminal: Deno.stdin.isTerminal(),
    env,
    say: (line) => {
      if (!options.isQuiet) writeTalk(stderr, line);
    },
  };
}

/** Writes one line to stderr; a closed stderr is no reason to stop. */
export function writeTalk(stderr: OutputStream, line: string): void {
  try {
    stderr.writeSync(line + "\n");
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
