import type { Dialect } from "./dialect.ts";
import { openaiChat } from "./openai_chat.ts";

/** Every message format, the more usual ones first: where two match equally well, the first wins. */
export const DIALECTS: readonly Dialect[] = [openaiChat];
