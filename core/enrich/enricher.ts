import type { Plugin } from "../model/plugin.ts";
import type { DraftEvent, StoryContext } from "../model/draft.ts";

/** Adds facts to one event; never removes or changes what is there, never reads the machine, never throws on input. */
export interface Enricher extends Plugin {
  /** Adds to `draft.event` in place. */
  enrich(draft: DraftEvent, context: StoryContext): void;
}
