import type { HostFacts } from "../model/process.ts";
import type { OispEvent } from "../model/oisp_event.ts";
import type { Enricher } from "./enricher.ts";

type Host = NonNullable<OispEvent["host"]>;

/** One object for all events of a source: redaction keeps its copy, because it is frozen. */
const hosts = new WeakMap<HostFacts, Host>();

/** Adds the machine that captured. */
export const host: Enricher = {
  id: "host",
  summary: "The machine that captured",
  stability: "stable",
  enrich({ event }, context) {
    if (event.host !== undefined) return;
    let known = hosts.get(context.host);
    if (known === undefined) {
      known = Object.freeze(toHost(context.host));
      hosts.set(context.host, known);
    }
    if (Object.keys(known).length > 0) event.host = known;
  },
};

function toHost(facts: HostFacts): Host {
  const found: Host = {};
  if (facts.hostname !== undefined) found.hostname = facts.hostname;
  if (facts.os !== undefined) found.os = facts.os;
  if (facts.osVersion !== undefined) found.os_version = facts.osVersion;
  if (facts.kernelVersion !== undefined) found.kernel_version = facts.kernelVersion;
  if (facts.arch !== undefined) found.arch = facts.arch;
  if (facts.deviceId !== undefined) found.device_id = facts.deviceId;
  return found;
}
