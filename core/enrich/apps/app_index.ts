/** The applications as rules that can be run. Compiled when the first event needs them. */
import rows from "./apps.json" with { type: "json" };
import { APP_CATEGORIES, type AppRow } from "./app_row.ts";

/** Every known application. `app_index_test.ts` checks every row against `AppRow`. */
export const APPS: readonly AppRow[] = rows as unknown as readonly AppRow[];

/** A pattern and the application it proves. */
export interface AppRule {
  readonly pattern: RegExp;
  readonly app: AppRow;
}

/** All rules by what they look at. */
export interface AppIndex {
  readonly byHeader: ReadonlyMap<string, readonly AppRule[]>;
  readonly userAgents: readonly AppRule[];
  readonly executables: readonly AppRule[];
  readonly commandLines: readonly AppRule[];
  readonly npmPackages: ReadonlyMap<string, AppRow>;
  readonly pythonModules: ReadonlyMap<string, AppRow>;
}

let index: AppIndex | undefined;

/** Gives the rules; about 5 ms the first time. */
export function getAppIndex(): AppIndex {
  return index ??= buildIndex();
}

/** Whether `a` says more than `b`: it is a form of it, or its kind comes earlier. */
export function isBetter(a: AppRow, b: AppRow): boolean {
  if (a.of === b.id) return true;
  if (b.of === a.id) return false;
  return APP_CATEGORIES.indexOf(a.category) < APP_CATEGORIES.indexOf(b.category);
}

/** Gives the best of the applications whose pattern fits. */
export function findBest(rules: readonly AppRule[], text: string): AppRow | undefined {
  let best: AppRow | undefined;
  for (const { pattern, app } of rules) {
    if (best !== undefined && !isBetter(app, best)) continue;
    if (pattern.test(text)) best = app;
  }
  return best;
}

function buildIndex(): AppIndex {
  const byHeader = new Map<string, AppRule[]>();
  for (const app of APPS) {
    for (const [name, source] of Object.entries(app.headers ?? {})) {
      const rules = byHeader.get(name) ?? [];
      rules.push({ pattern: compile(source), app });
      byHeader.set(name, rules);
    }
  }
  return {
    byHeader,
    userAgents: APPS.flatMap((app) => (app.userAgents ?? []).map((source) => ({ pattern: compile(source), app }))),
    executables: APPS.flatMap((app) => (app.executables ?? []).map((glob) => ({ pattern: compileGlob(glob), app }))),
    commandLines: APPS.flatMap((app) => (app.commandLines ?? []).map((source) => ({ pattern: compile(source), app }))),
    npmPackages: new Map(APPS.flatMap((app) => (app.npmPackages ?? []).map((name): [string, AppRow] => [name, app]))),
    pythonModules: new Map(
      APPS.flatMap((app) => (app.pythonModules ?? []).map((name): [string, AppRow] => [name, app])),
    ),
  };
}

function compile(source: string): RegExp {
  return source.startsWith("(?i)") ? new RegExp(source.slice(4), "i") : new RegExp(source);
}

/** `*` stands for any text, path separators included. */
function compileGlob(glob: string): RegExp {
  return new RegExp(`^${glob.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`);
}
