import { agents } from "./agents.ts";
import type { Correlator } from "./correlator.ts";
import { conversation } from "./conversation.ts";
import { effects } from "./effects.ts";
import { mcp } from "./mcp.ts";
import { plan } from "./plan.ts";
import { retry } from "./retry.ts";
import { session } from "./session.ts";
import { sessionName } from "./session_name.ts";
import { tools } from "./tools.ts";

/** Every story, in the order they see an event. Events a story makes are shown to the stories after it. */
export const CORRELATORS: readonly Correlator[] = [
  sessionName,
  conversation,
  retry,
  tools,
  mcp,
  agents,
  effects,
  plan,
  session,
];
