import { HostIndex } from "./host_index.ts";

/**
 * Hosts that never speak to a model and are called often by programs that do: telemetry, updates, package registries, tokens.
 * Capture may stop copying their bytes, so only hosts belong here that serve nothing else.
 */
const HOSTS: readonly string[] = [
  "*.datadoghq.com",
  "*.datadoghq.eu",
  "*.ingest.sentry.io",
  "*.ingest.us.sentry.io",
  "*.posthog.com",
  "*.snapcraft.io",
  "*.statsigapi.net",
  "api.mixpanel.com",
  "api.segment.io",
  "archive.ubuntu.com",
  "crates.io",
  "deb.debian.org",
  "deb.nodesource.com",
  "featureassets.org",
  "files.pythonhosted.org",
  "index.crates.io",
  "oauth2.googleapis.com",
  "play.googleapis.com",
  "prodregistryv2.org",
  "proxy.golang.org",
  "pypi.org",
  "registry.npmjs.org",
  "registry.yarnpkg.com",
  "rubygems.org",
  "security.debian.org",
  "security.ubuntu.com",
  "static.crates.io",
  "sum.golang.org",
];

const INDEX = new HostIndex<true>();
for (const host of HOSTS) INDEX.add(host, true);

/** Tells whether a host (lower case, port allowed) is listed as one that never speaks to a model. */
export function isNotAiHost(host: string | undefined): boolean {
  if (!host) return false;
  const colon = host.lastIndexOf(":");
  return INDEX.find(colon < 0 ? host : host.slice(0, colon)).length > 0;
}
