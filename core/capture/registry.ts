import type { Plugin } from "../model/plugin.ts";
import type { CaptureSource } from "./source.ts";
import { ebpf } from "./ebpf.ts";
import { exchanges } from "./exchanges.ts";
import { har } from "./har.ts";
import { recording } from "./recording.ts";
import { records } from "./records.ts";
import type { TextInputOptions } from "./text_input.ts";

/** Sources that `oisp decode --from` knows, by id. */
export const TEXT_SOURCES: readonly CaptureSource<TextInputOptions>[] = [exchanges, har, records];

/** Every source, for docs and `oisp doctor`. Those outside `TEXT_SOURCES` have options of their own. */
export const SOURCES: readonly Plugin[] = [ebpf, recording, ...TEXT_SOURCES];
