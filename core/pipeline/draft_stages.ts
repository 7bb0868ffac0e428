import type { Correlator, CorrelatorState } from "../correlate/correlator.ts";
import type { Enricher } from "../enrich/enricher.ts";
import type { DraftEvent, StoryContext } from "../model/draft.ts";
import type { RedactedViews, Redactor } from "../redact/redactor.ts";
import { DropCounts } from "./drop_counts.ts";

/** What the stages after decode are made of. */
export interface DraftStagesOptions {
  readonly enrichers: readonly Enricher[];
  readonly correlators: readonly Correlator[];
  readonly redactor: Redactor;
  readonly context: StoryContext;
  /** Takes each redacted event. */
  readonly emit: (views: RedactedViews) => void;
}

/** A correlator at work. */
interface Story {
  readonly id: string;
  readonly state: CorrelatorState;
}

/**
 * Drafts → enrich → correlate → redact. A plug-in that throws is counted and the event goes on without it; an event whose
 * redaction throws is dropped and counted, because nothing leaves unredacted.
 */
export class DraftStages {
  /** Enrichers that failed, by id. */
  readonly enrichFailures = new DropCounts();
  /** Correlators that failed, by id. */
  readonly correlateFailures = new DropCounts();
  /** Events dropped because redaction failed, by event type. */
  readonly redactFailures = new DropCounts();
  readonly #enrichers: readonly Enricher[];
  readonly #stories: readonly Story[];
  readonly #redactor: Redactor;
  readonly #context: StoryContext;
  readonly #emit: (views: RedactedViews) => void;

  constructor(options: DraftStagesOptions) {
    this.#enrichers = options.enrichers;
    this.#stories = options.correlators.map((correlator) => ({ id: correlator.id, state: correlator.create() }));
    this.#redactor = options.redactor;
    this.#context = options.context;
    this.#emit = options.emit;
  }

  /** Takes a draft of the decoder. */
  draft(draft: DraftEvent): void {
    for (const enricher of this.#enrichers) {
      try {
        enricher.enrich(draft, this.#context);
      } catch {
        this.enrichFailures.add(enricher.id);
      }
    }
    // Stories may add links to the event, so it leaves after all of them have seen it and before what they made of it.
    const derived: DraftEvent[] = [];
    for (const story of this.#stories) {
      const before = derived.length;
      this.#show(story, draft, derived);
      // What earlier stories made is shown to this one as well.
      for (let i = 0; i < before; i++) {
        const made = derived[i];
        if (made !== undefined) this.#show(story, made, derived);
      }
    }
    if (draft.isSilent !== true) this.#redact(draft);
    for (const follower of derived) this.#redact(follower);
  }

  /** No older fact is under way. */
  advance(nowNs: number): void {
    const derived: DraftEvent[] = [];
    for (const story of this.#stories) {
      this.#tell(story.id, () => story.state.advance(nowNs, this.#context), derived);
    }
    for (const follower of derived) this.#redact(follower);
    for (const views of this.#redactor.advance(nowNs)) this.#emit(views);
  }

  /** The source ended: the last events of the stories, then what redaction holds back. */
  close(): void {
    const derived: DraftEvent[] = [];
    for (const story of this.#stories) {
      this.#tell(story.id, () => story.state.close(this.#context), derived);
    }
    for (const follower of derived) this.#redact(follower);
    for (const views of this.#redactor.close()) this.#emit(views);
  }

  #show(story: Story, draft: DraftEvent, derived: DraftEvent[]): void {
    try {
      const made = story.state.push(draft, this.#context);
      if (made.length > 0) derived.push(...made);
    } catch {
      this.correlateFailures.add(story.id);
    }
  }

  #tell(id: string, ask: () => readonly DraftEvent[], derived: DraftEvent[]): void {
    try {
      for (const draft of ask()) derived.push(draft);
    } catch {
      this.correlateFailures.add(id);
    }
  }

  #redact(draft: DraftEvent): void {
    let released: readonly RedactedViews[];
    try {
      released = this.#redactor.push(draft.event);
    } catch {
      this.redactFailures.add(draft.event.event_type);
      return;
    }
    for (const views of released) this.#emit(views);
  }
}
