import type { ConnectionFacts, HttpExchange } from "../model/http_exchange.ts";

/** The connection that reports an address pair, and which end of it that is. */
interface Owner {
  readonly connId: number;
  readonly isClient: boolean;
}

/**
 * Keeps that a connection whose two ends are both captured on this machine is reported once: by the end that spoke first. Two TLS
 * objects of the same end are no such case: one is a tunnel to a proxy and the other runs inside it.
 */
export class RolePairs {
  /** Address pair, client first → who reports it. */
  readonly #owners = new Map<string, Owner>();

  /** True when this connection is the one to report; always true while its addresses are unknown. */
  claim(facts: ConnectionFacts, isClient: boolean): boolean {
    const key = toKey(facts, isClient);
    if (key === undefined) return true;
    const owner = this.#owners.get(key);
    if (owner !== undefined) return owner.isClient === isClient;
    this.#owners.set(key, { connId: facts.connId, isClient });
    return true;
  }

  /** Forgets a connection that ended. */
  release(facts: ConnectionFacts): void {
    const key = toKey(facts, !facts.serverSide);
    if (key !== undefined && this.#owners.get(key)?.connId === facts.connId) this.#owners.delete(key);
  }
}

function toKey({ local, remote }: HttpExchange["connection"], isClient: boolean): string | undefined {
  if (local === undefined || remote === undefined) return undefined;
  const [client, server] = isClient ? [local, remote] : [remote, local];
  return `${client.ip} ${client.port} ${server.ip} ${server.port}`;
}
