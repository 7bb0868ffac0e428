/**
 * Which application made a call. Headers that only one application sends prove most; then what the program is; then the user
 * agent, which some programs borrow from others; then the programs it was started by. The thread name is never looked at.
 */
import type { HttpHeaders } from "../../model/http_exchange.ts";
import type { ProcessFacts, ProcessLookup } from "../../model/process.ts";
import { type AppRule, findBest, getAppIndex, isBetter } from "./app_index.ts";
import type { AppCategory, AppRow } from "./app_row.ts";

/** What a call showed of its application. */
export interface Recognition {
  readonly app: AppRow;
  /** As its user agent says. */
  readonly version?: string;
  /** Library or program the application used for the call, where that was recognised too. */
  readonly via?: AppRow;
  /** The program itself is the application, not one that the application started. */
  readonly isProgram: boolean;
}

/** These say how a call was made, not for what. */
const WEAK: ReadonlySet<AppCategory> = new Set(["sdk", "http-client", "framework", "local-runtime", "cli", "gateway"]);
/** A program of these kinds is the application of what it starts. */
const PARENTS: ReadonlySet<AppCategory> = new Set(["agent-cli", "ide", "ide-extension", "agent-manager", "automation"]);
const MOST_PARENTS = 8;
const MOST_USER_AGENTS = 1024;

/** What a user agent alone tells. */
interface AgentFacts {
  readonly app: AppRow | undefined;
  readonly version: string | undefined;
}

const NO_AGENT: AgentFacts = { app: undefined, version: undefined };
const byUserAgent = new Map<string, AgentFacts>();
const byProgram = new WeakMap<ProcessFacts, { readonly app: AppRow | undefined }>();

/** Gives the application of a call; undefined when nothing is known of it. */
export function recogniseApp(
  headers: HttpHeaders | undefined,
  program: ProcessFacts | undefined,
  processes: ProcessLookup,
): Recognition | undefined {
  const userAgent = headers?.get("user-agent");
  const agent = userAgent === undefined ? NO_AGENT : findByUserAgent(userAgent);
  const agentApp = agent.app;
  const headerApp = headers === undefined ? undefined : findByHeaders(headers);
  const programApp = program === undefined ? undefined : findByProgram(program);
  const app = choose(headerApp, programApp, agentApp, () => findParent(program, processes));
  if (app === undefined) return undefined;
  const version = agentApp === app || app === headerApp ? agent.version : undefined;
  const other = agentApp !== app && agentApp !== undefined && WEAK.has(agentApp.category) ? agentApp : undefined;
  const isProgram = app === programApp;
  return { app, isProgram, ...(version !== undefined && { version }), ...(other !== undefined && { via: other }) };
}

function choose(
  byHeaders: AppRow | undefined,
  program: AppRow | undefined,
  agent: AppRow | undefined,
  findStarter: () => AppRow | undefined,
): AppRow | undefined {
  if (byHeaders !== undefined && !WEAK.has(byHeaders.category)) {
    // A form of it may show in the user agent or the program only.
    return [agent, program].find((app) => app?.of === byHeaders.id) ?? byHeaders;
  }
  if (program !== undefined && !WEAK.has(program.category)) return agent?.of === program.id ? agent : program;
  if (agent !== undefined && !WEAK.has(agent.category)) return agent;
  return findStarter() ?? byHeaders ?? better(agent, program);
}

function better(a: AppRow | undefined, b: AppRow | undefined): AppRow | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return isBetter(b, a) ? b : a;
}

function findByHeaders(headers: HttpHeaders): AppRow | undefined {
  const { byHeader } = getAppIndex();
  let best: AppRow | undefined;
  for (const [name, value] of headers) {
    const rules: readonly AppRule[] | undefined = byHeader.get(name);
    const app = rules === undefined ? undefined : findBest(rules, value);
    if (app !== undefined && (best === undefined || isBetter(app, best))) best = app;
  }
  return best;
}

function findByUserAgent(userAgent: string): AgentFacts {
  const known = byUserAgent.get(userAgent);
  if (known !== undefined) return known;
  if (byUserAgent.size >= MOST_USER_AGENTS) byUserAgent.clear();
  const found = { app: findBest(getAppIndex().userAgents, userAgent), version: readVersion(userAgent) };
  byUserAgent.set(userAgent, found);
  return found;
}

function findByProgram(facts: ProcessFacts): AppRow | undefined {
  let known = byProgram.get(facts);
  if (known === undefined) {
    known = { app: recogniseProgram(facts) };
    byProgram.set(facts, known);
  }
  return known.app;
}

function recogniseProgram({ exe, args = [] }: ProcessFacts): AppRow | undefined {
  const index = getAppIndex();
  const script = findScript(args);
  const command = [args[0] ?? "", ...script].join(" ");
  return (exe === undefined ? undefined : findBest(index.executables, exe)) ??
    findBest(index.commandLines, command) ??
    findPackage(`${exe ?? ""} ${command}`) ??
    findModule(args, script);
}

/** The script or module an interpreter runs: later arguments may name anything. */
function findScript(args: readonly string[]): readonly string[] {
  if (args[1] === "-m" && args[2] !== undefined) return ["-m", args[2]];
  const script = args.slice(1).find((arg) => !arg.startsWith("-"));
  return script === undefined ? [] : [script];
}

function findPackage(command: string): AppRow | undefined {
  const match = /\/node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\//.exec(command);
  return match?.[1] === undefined ? undefined : getAppIndex().npmPackages.get(match[1]);
}

function findModule(args: readonly string[], script: readonly string[]): AppRow | undefined {
  const { pythonModules } = getAppIndex();
  if (script[0] === "-m") return pythonModules.get(script[1]?.split(".")[0] ?? "");
  const path = script[0] ?? args[0] ?? "";
  const installed = /\/site-packages\/([\w.]+?)(?:\/|\.py)/.exec(path)?.[1];
  if (installed !== undefined) return pythonModules.get(installed);
  const isConsoleScript = /\/bin\/[\w.-]+$/.test(path) && /python/.test(args[0] ?? "");
  return isConsoleScript ? pythonModules.get(path.slice(path.lastIndexOf("/") + 1).replaceAll("-", "_")) : undefined;
}

function findParent(program: ProcessFacts | undefined, processes: ProcessLookup): AppRow | undefined {
  let facts = program;
  for (let i = 0; i < MOST_PARENTS && facts?.parentKey !== undefined; i++) {
    facts = processes.find(facts.parentKey);
    const app = facts === undefined ? undefined : findByProgram(facts);
    if (app !== undefined && PARENTS.has(app.category)) return app;
  }
  return undefined;
}

function readVersion(userAgent: string): string | undefined {
  return /[/ ]v?(\d+\.\d+[\w.+-]{0,40})/.exec(userAgent)?.[1];
}
