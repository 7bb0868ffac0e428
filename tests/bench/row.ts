/** One figure, printed as one JSON object a line on stdout. */
export interface Row {
  readonly bench: string;
  readonly value: number;
  readonly unit: string;
  readonly better: "higher" | "lower";
  /** Bar of the design, where there is one. */
  readonly bar?: number;
  readonly note?: string;
}

/** One group of figures. */
export interface Bench {
  readonly id: string;
  readonly summary: string;
  /** Says why it cannot run here. */
  reason(): string | undefined;
  run(context: BenchContext): Promise<Row[]>;
}

/** What every group gets. */
export interface BenchContext {
  /** Command line of oisp. */
  readonly oisp: readonly string[];
  /** Folder for inputs and outputs; removed at the end. */
  readonly folder: string;
  /** Smaller inputs, fewer rounds. */
  readonly isQuick: boolean;
}

/** Rounds to three significant digits. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}
