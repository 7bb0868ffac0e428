/**
 * The only place that knows the order of the stages: source → decode → enrich → correlate → redact → destinations and taps.
 * Everything between the source and the destinations is synchronous; the source works in slices and lets the event loop run
 * between them.
 */
import type { CaptureRun, SourceSink } from "../capture/source.ts";
import { CORRELATORS } from "../correlate/registry.ts";
import { createCallStage } from "../decode/call_stage.ts";
import { createDecoder, type Decoder, DECODER_DEFAULTS } from "../decode/decoder.ts";
import { ENRICHERS } from "../enrich/registry.ts";
import type { Enricher } from "../enrich/enricher.ts";
import type { Correlator } from "../correlate/correlator.ts";
import type { DraftEvent, StoryContext } from "../model/draft.ts";
import type { Finding } from "../model/finding.ts";
import type { LossCounters } from "../model/loss.ts";
import type { RedactionMode } from "../model/oisp_event.ts";
import type { RawAccount, RawCapture } from "../model/raw_capture.ts";
import type { Verdict } from "../model/verdict.ts";
import { createRedactor, type RedactedViews } from "../redact/redactor.ts";
import type { InputExchange } from "../model/input_exchange.ts";
import { DropCounts } from "./drop_counts.ts";
import { DraftStages } from "./draft_stages.ts";
import { type Destination, type EventTap, Outlets } from "./outlets.ts";
import { ProcessTable } from "./process_table.ts";
import type { Recorder } from "./recorder.ts";
import { SourceStamp } from "./source_stamp.ts";

/** What a run is made of. */
export interface PipelineOptions {
  readonly source: CaptureRun;
  readonly destinations: readonly Destination[];
  /** The live hub, reports: they see each event at once. */
  readonly taps?: readonly EventTap[];
  readonly recorder?: Recorder;
  /** Goes into `source.collector_version`. */
  readonly collectorVersion: string;
  /** Goes into `source.sensor_name`. */
  readonly sensorName?: string;
  /** Opt-in `ai.streaming_chunk`. */
  readonly wantsChunks?: boolean;
  /** Report connections whose server is the captured process. */
  readonly wantsServerSide?: boolean;
  /** Budget of the decoder, in bytes. */
  readonly memoryBytes?: number;
  /** Installation key of `original_hash`. */
  readonly hashKey?: Uint8Array;
  /** Default: every registered one. */
  readonly enrichers?: readonly Enricher[];
  readonly correlators?: readonly Correlator[];
  /** Longest time the destinations have at the end. */
  readonly closeBudgetMs?: number;
}

/** State of a run, for status and summaries. */
export interface PipelineStats {
  /** Events made, by type. */
  readonly events: Readonly<Record<string, number>>;
  /** What each stage dropped or failed at. */
  readonly losses: Readonly<Record<string, LossCounters>>;
  /** The last byte totals of the capture; exact after the end. Absent for text inputs. */
  readonly account?: RawAccount;
  /** Connections that are open, and bytes held, in the decoder. */
  readonly connections: number;
  readonly heldBytes: number;
}

/** How a run ended. */
export interface PipelineResult {
  readonly stats: PipelineStats;
  /** What was wrong with the input; an `error` among them means exit code 65. */
  readonly findings: readonly Finding[];
}

const DEFAULT_CLOSE_BUDGET_MS = 5000;
const MAX_VERDICTS = 64;

/** One run of the pipeline. Use `createPipeline`. */
export class Pipeline implements SourceSink {
  readonly #options: PipelineOptions;
  readonly #source: CaptureRun;
  readonly #decoder: Decoder;
  readonly #stages: DraftStages;
  readonly #outlets: Outlets;
  readonly #stamp: SourceStamp;
  readonly #processes = new ProcessTable();
  readonly #context: { -readonly [K in keyof StoryContext]: StoryContext[K] };
  readonly #events: Record<string, number> = {};
  readonly #failures = new DropCounts();
  readonly #isLive: boolean;
  #verdicts: Verdict[] = [];
  #account: RawAccount | undefined;
  #isHandOnPlanned = false;

  constructor(options: PipelineOptions) {
    const { source, destinations, taps = [] } = options;
    this.#options = options;
    this.#source = source;
    this.#isLive = source.info.method === "ebpf";
    // A recording keeps what was captured: its events are those of the capture, to the byte.
    const method = source.info.method === "recording" ? "ebpf" : source.info.method;
    this.#stamp = new SourceStamp(method, options.collectorVersion, options.sensorName);
    this.#context = {
      processes: this.#processes,
      host: source.info.host,
      bootId: source.info.bootId,
      clockOffsetUs: 0,
    };
    const redactor = createRedactor({
      modes: toModes(destinations, taps),
      ...(options.hashKey === undefined ? {} : { hashKey: options.hashKey }),
    });
    this.#outlets = new Outlets(redactor.modes, destinations, taps);
    this.#stages = new DraftStages({
      enrichers: options.enrichers ?? ENRICHERS,
      correlators: options.correlators ?? CORRELATORS,
      redactor,
      context: this.#context,
      emit: (views) => this.#emit(views),
    });
    this.#decoder = this.#createDecoder();
  }

  /** Runs until the source ends or `stop` is called, then closes every stage in order. */
  async run(): Promise<PipelineResult> {
    try {
      await this.#source.run(this);
    } finally {
      await this.#close();
    }
    return { stats: this.stats(), findings: [...this.#source.info.findings, ...this.#source.findings()] };
  }

  /** Asks the source to deliver what it still holds and to end. */
  stop(): void {
    this.#source.stop();
  }

  /** Takes a capture fact from the source. */
  raw(fact: RawCapture): void {
    try {
      if (fact.kind === "data") this.#decoder.raw(fact);
      else this.#control(fact);
    } catch {
      // Decoders do not throw on input. Should one do so all the same, that fact is lost and counted, and capture goes on.
      this.#failures.add(`failed_${fact.kind}`, fact.kind === "data" ? fact.bytes.length : 0);
    }
    this.#options.recorder?.raw(fact);
  }

  /** Takes a whole exchange from the source. */
  exchange(input: InputExchange): void {
    try {
      this.#decoder.exchange(input);
    } catch {
      this.#failures.add("failed_exchange", input.requestBody.length + input.responseBody.length);
    }
  }

  /** A slice of the source ended. */
  sliceEnd(): Promise<void> | undefined {
    this.#handOn();
    return this.#isLive ? undefined : this.#outlets.room();
  }

  /** State right now. */
  stats(): PipelineStats {
    return {
      events: { ...this.#events },
      losses: {
        source: this.#source.losses(),
        decode: this.#decoder.losses(),
        pipeline: this.#failures,
        output: this.#outlets.failures,
        enrich: this.#stages.enrichFailures,
        correlate: this.#stages.correlateFailures,
        redact: this.#stages.redactFailures,
      },
      ...(this.#account === undefined ? {} : { account: this.#account }),
      connections: this.#decoder.connections,
      heldBytes: this.#decoder.heldBytes,
    };
  }

  #createDecoder(): Decoder {
    const { source, wantsChunks, wantsServerSide, memoryBytes, recorder } = this.#options;
    return createDecoder({
      ...DECODER_DEFAULTS,
      bootId: source.info.bootId,
      isUnordered: source.info.method === "records",
      wantsChunks: wantsChunks ?? false,
      wantsServerSide: wantsServerSide ?? false,
      memoryBytes: memoryBytes ?? DECODER_DEFAULTS.memoryBytes,
      createCallStage,
    }, {
      draft: (draft) => this.#draft(draft),
      verdict: (verdict) => this.#verdict(verdict),
      ...(recorder === undefined ? {} : {
        classified: (exchange, classification) => recorder.classified(exchange, classification),
      }),
    });
  }

  #control(fact: Exclude<RawCapture, { kind: "data" }>): void {
    if (fact.kind === "process") this.#processes.take(fact);
    else if (fact.kind === "clock") this.#context.clockOffsetUs = fact.offsetUs;
    else if (fact.kind === "account") this.#account = fact;
    this.#decoder.raw(fact);
    if (fact.kind === "advance") this.#stages.advance(fact.toNs);
  }

  #draft(draft: DraftEvent): void {
    this.#stamp.add(draft);
    this.#stages.draft(draft);
  }

  #verdict(verdict: Verdict): void {
    this.#verdicts.push(verdict);
    if (this.#verdicts.length >= MAX_VERDICTS) this.#sendVerdicts();
  }

  #sendVerdicts(): void {
    const batch = this.#verdicts;
    if (batch.length === 0) return;
    this.#verdicts = [];
    this.#source.verdicts(batch);
  }

  #emit(views: RedactedViews): void {
    const type = views[0]?.event_type;
    if (type === undefined) return;
    this.#events[type] = (this.#events[type] ?? 0) + 1;
    this.#outlets.take(views);
    this.#planHandOn();
  }

  /** A batch waits no longer than the slice it was made in, also when the source does not tell slices. */
  #planHandOn(): void {
    if (this.#isHandOnPlanned) return;
    this.#isHandOnPlanned = true;
    setImmediate(() => {
      this.#isHandOnPlanned = false;
      this.#handOn();
    });
  }

  #handOn(): void {
    this.#sendVerdicts();
    this.#outlets.handOn();
  }

  async #close(): Promise<void> {
    this.#decoder.close();
    this.#stages.close();
    this.#handOn();
    await this.#options.recorder?.close();
    if (!this.#isLive) await this.#outlets.flush();
    await this.#outlets.close(this.#options.closeBudgetMs ?? DEFAULT_CLOSE_BUDGET_MS);
  }
}

/** Creates a run; nothing flows before `run`. */
export function createPipeline(options: PipelineOptions): Pipeline {
  return new Pipeline(options);
}

/** Every mode in use; without any destination or tap events are still made, as `safe` ones, for the counters. */
function toModes(destinations: readonly Destination[], taps: readonly EventTap[]): readonly RedactionMode[] {
  const modes = [...destinations, ...taps].map(({ mode }) => mode);
  return modes.length === 0 ? ["safe"] : modes;
}
