import type { Plugin } from "../model/plugin.ts";
import type { DraftEvent, StoryContext } from "../model/draft.ts";

/** One story over many events. State is bounded, with a stated eviction. */
export interface CorrelatorState {
  /** Sees one event; may add links to it; returns the events that follow from it, in order. */
  push(draft: DraftEvent, context: StoryContext): readonly DraftEvent[];
  /** Time passed; returns events that time brought (sessions that ended). */
  advance(nowNs: number, context: StoryContext): readonly DraftEvent[];
  /** The source ended; returns the last events. */
  close(context: StoryContext): readonly DraftEvent[];
}

/** A plug-in that makes one story. */
export interface Correlator extends Plugin {
  /** Creates the state of one run. */
  create(): CorrelatorState;
}
