/** What a vendor is: `cloud` its own models, `gateway` others' models, `local` a program on this machine, `web_app` a page. */
export type ProviderKind = "cloud" | "gateway" | "local" | "web_app";

/** A header of an answer that only this server program sends. */
export interface AnswerTell {
  /** Lower-case header name. */
  readonly header: string;
  /** Text the value contains, lower case; "" when the header's presence is enough. */
  readonly contains: string;
}

/** One vendor: a row of `providers.json`. */
export interface Provider {
  /** Lower-case id with dashes; never renamed. Ids of the event reference win over every other list. */
  readonly id: string;
  readonly name: string;
  readonly kind: ProviderKind;
  /**
   * Exact host; `*.` prefix for one or more labels on the left; `*` inside for anything but a dot. A port is written only for
   * `localhost`, which stands for every name of this machine.
   */
  readonly hosts: readonly string[];
  /** Path prefixes, or globs with `*`. Absent: every path of the host. */
  readonly paths?: readonly string[];
  /** The host serves other things too: without a fitting path it is not this provider. */
  readonly requiresPath?: boolean;
  /** Formats it speaks, most usual first; ids of `dialect/registry.ts`, or of formats that are not decoded yet. */
  readonly dialects: readonly string[];
  /** Named deviations; each is explained where a dialect reads it. */
  readonly quirks: readonly string[];
  readonly docsUrl?: string;
  /** Public beginnings of its keys, longest first. */
  readonly keyPrefixes?: readonly string[];
  /** Header that carries the key, where it is not `authorization`. */
  readonly authHeader?: string;
  /** Id in the price data. */
  readonly priceId?: string;
  /** Local programs: this port is used by no other known program, so host and port are proof enough. */
  readonly isPortProof?: boolean;
  /** Local programs: answer headers that prove it. */
  readonly answerTells?: readonly AnswerTell[];
  /** Local programs: path prefixes no other program serves. */
  readonly ownPaths?: readonly string[];
  readonly stability: "stable" | "experimental";
}
