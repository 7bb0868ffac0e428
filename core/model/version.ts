/** Version of this program, as in `deno.json`; goes into `source.collector_version`. */
export const PROGRAM_VERSION = "0.1.0";
