/** Kinds of applications, most telling first: between equal proofs the earlier kind wins. */
export const APP_CATEGORIES = [
  "agent-cli",
  "ide-extension",
  "ide",
  "desktop-chat",
  "agent-service",
  "agent-manager",
  "terminal",
  "chat-ui",
  "automation",
  "gateway",
  "local-runtime",
  "browser",
  "productivity",
  "framework",
  "cli",
  "sdk",
  "http-client",
] as const;

/** Kind of an application. */
export type AppCategory = typeof APP_CATEGORIES[number];

/** One application: a row of `apps.json`. Patterns are JavaScript regular expressions; `(?i)` in front means any case. */
export interface AppRow {
  /** Lower-case id with dashes; never renamed. */
  readonly id: string;
  readonly name: string;
  readonly category: AppCategory;
  /** `profiled`: its tools, session header and process behaviour are known. */
  readonly tier: "identified" | "profiled";
  readonly vendor?: string;
  /** Id of the application this one is a form of; it wins over that one. */
  readonly of?: string;
  /** Lower-case header name to a pattern of its value. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly userAgents?: readonly string[];
  /** Globs on the path of the executable. */
  readonly executables?: readonly string[];
  /** Patterns on the program and its script, joined by a space. */
  readonly commandLines?: readonly string[];
  /** Packages whose folder under `node_modules` the script lies in. */
  readonly npmPackages?: readonly string[];
  /** Modules run by `-m`, as a console script or from `site-packages`. */
  readonly pythonModules?: readonly string[];
  /** Where the facts come from. */
  readonly evidence: readonly string[];
}
