/** What a view of events does, whatever it shows: it ends with its reader, with Ctrl-C, or after so many lines. */
import type { Invocation } from "../command.ts";
import { watchStdoutReader } from "../output/reader_gone.ts";
import { onStopSignals } from "../signals.ts";
import type { EventPrinter } from "./event_printer.ts";

/** Prints lines until the source ends or `--lines` were printed. Gives false when the reader went before. */
export async function printAll(
  lines: AsyncIterable<string>,
  printer: EventPrinter,
  limit: number | undefined,
): Promise<boolean> {
  try {
    for await (const line of lines) {
      await printer.print(line);
      if (printer.count === limit) return true;
    }
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    return false;
  }
}

/** A view that is open. */
export interface View {
  /** Raised when it shall end. */
  readonly signal: AbortSignal;
  close(): void;
}

/** Ends the view at Ctrl-C, or when nobody reads it any more. */
export function openView({ io }: Invocation): View {
  const abort = new AbortController();
  const signals = onStopSignals(() => abort.abort());
  watchStdoutReader(io)(() => abort.abort());
  return {
    signal: abort.signal,
    close() {
      abort.abort();
      signals.remove();
    },
  };
}
