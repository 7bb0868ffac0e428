import type { Correlator } from "./correlator.ts";
import { conversation } from "./conversation.ts";
import { plan } from "./plan.ts";
import { retry } from "./retry.ts";
import { session } from "./session.ts";
import { tools } from "./tools.ts";

/** Every story, in the order they see an event. Events a story makes are not shown to the others. */
export const CORRELATORS: readonly Correlator[] = [conversation, retry, tools, plan, session];
