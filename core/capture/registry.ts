import type { CaptureSource } from "./source.ts";
import { exchanges } from "./exchanges.ts";
import { har } from "./har.ts";
import { records, type TextInputOptions } from "./records.ts";

/** Sources that `oisp decode --from` knows, by id. */
export const TEXT_SOURCES: readonly CaptureSource<TextInputOptions>[] = [exchanges, har, records];
