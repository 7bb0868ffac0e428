import type { ConnectionFacts, HttpExchange } from "../model/http_exchange.ts";

/** Keeps that a connection whose two ends are both captured on this machine is reported once: by the end that spoke first. */
export class RolePairs {
  /** Address pair, client first → the connection that reports it. */
  readonly #owners = new Map<string, number>();

  /** True when this connection is the one to report; always true while its addresses are unknown. */
  claim(facts: ConnectionFacts, isClient: boolean): boolean {
    const key = toKey(facts, isClient);
    if (key === undefined) return true;
    const owner = this.#owners.get(key);
    if (owner !== undefined) return owner === facts.connId;
    this.#owners.set(key, facts.connId);
    return true;
  }

  /** Forgets a connection that ended. */
  release(facts: ConnectionFacts): void {
    const key = toKey(facts, !facts.serverSide);
    if (key !== undefined && this.#owners.get(key) === facts.connId) this.#owners.delete(key);
  }
}

function toKey({ local, remote }: HttpExchange["connection"], isClient: boolean): string | undefined {
  if (local === undefined || remote === undefined) return undefined;
  const [client, server] = isClient ? [local, remote] : [remote, local];
  return `${client.ip} ${client.port} ${server.ip} ${server.port}`;
}
