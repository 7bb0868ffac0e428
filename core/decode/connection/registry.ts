import type { ConnectionFormat } from "./connection_format.ts";
import { http1 } from "./http1.ts";
import { http2 } from "./http2.ts";
import { websocket } from "./websocket.ts";

/** Every connection format. */
export const CONNECTION_FORMATS: readonly ConnectionFormat[] = [
  http1,
  http2,
  websocket,
];
