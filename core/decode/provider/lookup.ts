import type { HttpHeaders } from "../../model/http_exchange.ts";
import { HostIndex } from "./host_index.ts";
import { measureBestFit, toCleanPath } from "./path_pattern.ts";
import type { Provider } from "./provider.ts";
import { PROVIDERS } from "./registry.ts";

/** Names of this machine; a port on one of them may be a local model server. */
const LOCAL_NAMES: ReadonlySet<string> = new Set([
  "localhost",
  "[::1]",
  "0.0.0.0",
  "host.docker.internal",
  "host.containers.internal",
]);

const INDEX = buildIndex();

/** What host and path say about the vendor. */
export interface ProviderMatch {
  /** The vendor, where host and path leave no doubt. */
  readonly provider?: Provider;
  /** A path of the vendor's row fits (or the row names none). */
  readonly hasFittingPath: boolean;
  /** Local programs that use this port; the answer's headers may prove one of them. */
  readonly candidates: readonly Provider[];
}

const NO_MATCH: ProviderMatch = { hasFittingPath: false, candidates: [] };

/**
 * Finds the vendor of a request. `host` is lower case, with a port where it is not the default; a port of a public name does
 * not matter, on this machine it is all there is. A path that fits no row still means the host's owner, unless the host
 * serves other things too.
 */
export function findProvider(host: string | undefined, path: string): ProviderMatch {
  if (!host) return NO_MATCH;
  const name = stripPort(host);
  const cleanPath = toCleanPath(path);
  if (isLocalName(name)) return findLocal(host.slice(name.length), cleanPath);
  return findPublic(INDEX.find(name), cleanPath);
}

/** Finds the local program that an answer's headers prove; undefined when they prove none. */
export function findByAnswer(candidates: readonly Provider[], headers: HttpHeaders): Provider | undefined {
  return candidates.find((row) =>
    row.answerTells?.some((tell) => headers.get(tell.header)?.toLowerCase().includes(tell.contains))
  );
}

function findPublic(rows: readonly Provider[], path: string): ProviderMatch {
  let best: Provider | undefined;
  let bestFit = -1;
  for (const row of rows) {
    const fit = row.paths === undefined ? 0.5 : measureBestFit(row.paths, path);
    if (fit === 0 && row.requiresPath) continue;
    if (fit <= bestFit) continue;
    best = row;
    bestFit = fit;
  }
  return best === undefined ? NO_MATCH : { provider: best, hasFittingPath: bestFit > 0, candidates: [] };
}

function findLocal(port: string, path: string): ProviderMatch {
  const candidates = INDEX.find(`localhost${port === "" ? ":80" : port}`);
  for (const row of candidates) {
    const isProven = row.isPortProof === true || (row.ownPaths !== undefined && measureBestFit(row.ownPaths, path) > 0);
    if (isProven) return { provider: row, hasFittingPath: true, candidates };
  }
  return candidates.length === 0 ? NO_MATCH : { hasFittingPath: false, candidates };
}

function stripPort(host: string): string {
  const colon = host.lastIndexOf(":");
  return colon < 0 || host.endsWith("]") ? host : host.slice(0, colon);
}

function isLocalName(name: string): boolean {
  return LOCAL_NAMES.has(name) || /^127\.\d+\.\d+\.\d+$/.test(name);
}

function buildIndex(): HostIndex<Provider> {
  const index = new HostIndex<Provider>();
  for (const row of PROVIDERS) {
    for (const host of row.hosts) index.add(host, row);
  }
  return index;
}
