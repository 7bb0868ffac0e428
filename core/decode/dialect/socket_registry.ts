import { openaiRealtime } from "./openai_realtime.ts";
import { openaiResponsesSocket } from "./openai_responses_socket.ts";
import type { SocketDialect } from "./socket_dialect.ts";

/** Every format whose calls are turns on one WebSocket. */
export const SOCKET_DIALECTS: readonly SocketDialect[] = [openaiResponsesSocket, openaiRealtime];
