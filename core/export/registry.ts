import type { ExportContext, Exporter, ExporterHandle } from "./exporter.ts";
import { jsonl } from "./jsonl.ts";
import * as v from "valibot";

/** A destination kind whose options are not known to the caller: it checks them itself. */
export interface AnyExporter extends Omit<Exporter<unknown>, "open"> {
  /** Checks options and opens. @throws {v.ValiError} when they do not fit the schema. */
  open(options: unknown, context: ExportContext): Promise<ExporterHandle>;
}

/** Every destination kind. */
export const EXPORTERS: readonly AnyExporter[] = [register(jsonl)];

function register<O>(exporter: Exporter<O>): AnyExporter {
  return {
    id: exporter.id,
    summary: exporter.summary,
    stability: exporter.stability,
    configSchema: exporter.configSchema,
    open: (options, context) => exporter.open(v.parse(exporter.configSchema, options), context),
  };
}
