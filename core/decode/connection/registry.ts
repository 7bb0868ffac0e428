import type { ConnectionFormat } from "./connection_format.ts";
import { http1 } from "./http1.ts";

/** Every connection format. */
export const CONNECTION_FORMATS: readonly ConnectionFormat[] = [
  http1,
];
