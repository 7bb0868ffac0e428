/** What a format is to generated agents: how it writes their requests and the answers. */

/** A tool call that a model makes; `n` is its own number in the whole scenario. */
export interface WireCall {
  readonly n: number;
  readonly id: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** One entry of a conversation. */
export type WireEntry =
  | { readonly kind: "user"; readonly text: string }
  | { readonly kind: "answer"; readonly id: string; readonly text?: string; readonly calls: readonly WireCall[] }
  | { readonly kind: "results"; readonly results: readonly { readonly call: WireCall; readonly text: string }[] };

/** A format. */
export interface AgentFormat {
  readonly id: string;
  readonly host: string;
  readonly path: string;
  /** `unique`: drawn at random; `weak`: counted within an answer; `none`: the format has no ids. */
  readonly ids: "unique" | "weak" | "none";
  readonly request: (history: readonly WireEntry[], system: string) => object;
  readonly answer: (entry: WireEntry & { kind: "answer" }) => unknown;
  /** The same answer as the messages of an event stream; where absent, the format's answers come whole. */
  readonly stream?: (entry: WireEntry & { kind: "answer" }) => readonly unknown[];
  /** Most calls of one answer; three when absent. */
  readonly mostCalls?: number;
  /** Prefix of random ids. */
  readonly prefix?: string;
}

/** Tools that agents offer. */
export const NAMES = ["bash", "write", "look", "ask"];
/** JSON text. */
export const text = JSON.stringify;

/** The messages of a history, one entry after the other. */
export function flat<T>(history: readonly WireEntry[], write: (entry: WireEntry) => readonly T[]): T[] {
  return history.flatMap((entry) => [...write(entry)]);
}
