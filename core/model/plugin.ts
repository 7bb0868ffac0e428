/** How far a plug-in can be relied on; shown in help, docs and `oisp doctor`. */
export type Stability = "experimental" | "stable";

/**
 * The three members every plug-in starts with. Help, docs and completions are generated from them.
 */
export interface Plugin {
  /** Stable lower_snake name; never renamed. */
  readonly id: string;
  /** One sentence without a full stop: what this plug-in gives. */
  readonly summary: string;
  /** How far it can be relied on. */
  readonly stability: Stability;
}
