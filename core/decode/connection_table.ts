/** All connections under capture: looks up, creates, forgets, and keeps the memory budget. */
import type { ConnectionFacts } from "../model/http_exchange.ts";
import { type RawConnection, type RawData, type RawHeader, RecordFlag } from "../model/raw_capture.ts";
import { type ConnectionContext, TrackedConnection } from "./tracked_connection.ts";

/** Connections that are kept; above it the one idle longest is given up. */
const MAX_CONNECTIONS = 100_000;
/** Closed connections that are remembered, so that late records of theirs change nothing. */
const MAX_CLOSED = 65_536;
/** Share of the budget that is left after making room. */
const ROOM = 0.9;

/** The connections of a decoder. */
export class ConnectionTable {
  readonly #connections = new Map<number, TrackedConnection>();
  readonly #byProcess = new Map<number, Set<TrackedConnection>>();
  readonly #waiting = new Set<TrackedConnection>();
  readonly #closed = new Set<number>();
  #heldBytes = 0;
  readonly #context: ConnectionContext;
  readonly #transport: ConnectionFacts["transport"];

  constructor(context: ConnectionContext, transport: ConnectionFacts["transport"]) {
    this.#context = context;
    this.#transport = transport;
  }

  /** Bytes held over all connections. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Connections known right now. */
  get size(): number {
    return this.#connections.size;
  }

  /** Gives a known connection. */
  find(connId: number): TrackedConnection | undefined {
    return this.#connections.get(connId);
  }

  /** Gives the connection a fact is about; creates it. Undefined: it was closed before. */
  require(fact: RawData | RawConnection): TrackedConnection | undefined {
    const known = this.#connections.get(fact.connId);
    if (known !== undefined) return known;
    if (this.#closed.has(fact.connId)) return undefined;
    if (this.#connections.size >= MAX_CONNECTIONS) this.#forgetIdlest(fact.returnNs);
    const connection = new TrackedConnection(
      toFacts(fact, this.#transport, !this.#context.isUnordered),
      this.#context,
      fact.returnNs,
      fact.kind === "data" ? fact : undefined,
    );
    this.#connections.set(fact.connId, connection);
    const siblings = this.#byProcess.get(fact.processKey);
    if (siblings === undefined) this.#byProcess.set(fact.processKey, new Set([connection]));
    else siblings.add(connection);
    return connection;
  }

  /** Takes note of what a connection holds now. */
  touched(connection: TrackedConnection): void {
    const heldBytes = connection.heldBytes;
    this.#heldBytes += heldBytes - connection.countedBytes;
    connection.countedBytes = heldBytes;
    if (connection.needsSettling) this.#waiting.add(connection);
  }

  /** Forgets a connection whose end was told. */
  forget(connection: TrackedConnection): void {
    const { connId, processKey } = connection.facts;
    this.#connections.delete(connId);
    this.#waiting.delete(connection);
    this.#heldBytes -= connection.countedBytes;
    const siblings = this.#byProcess.get(processKey);
    siblings?.delete(connection);
    if (siblings?.size === 0) this.#byProcess.delete(processKey);
    this.#closed.add(connId);
    if (this.#closed.size > MAX_CLOSED) {
      for (const oldest of this.#closed) {
        this.#closed.delete(oldest);
        break;
      }
    }
  }

  /** No record older than `nowNs` is under way. */
  settle(nowNs: number): void {
    for (const connection of this.#waiting) {
      if (connection.settle(nowNs)) this.forget(connection);
      else {
        this.touched(connection);
        if (!connection.needsSettling) this.#waiting.delete(connection);
      }
    }
  }

  /** Ends exchanges that are idle too long. */
  sweep(nowNs: number): void {
    for (const connection of this.#connections.values()) {
      if (!connection.isBusy) continue;
      connection.advance(nowNs);
      this.touched(connection);
    }
  }

  /** Ends exchanges, those idle longest first, until `isEnough`. Gives how many. */
  makeRoom(budgetBytes: number, otherBytes: () => number): number {
    const enough = budgetBytes * ROOM;
    const candidates = [...this.#connections.values()].filter((one) => one.isBusy || one.countedBytes > 0);
    candidates.sort((a, b) => a.lastNs - b.lastNs);
    let evicted = 0;
    for (const connection of candidates) {
      while (this.#heldBytes + otherBytes() > enough && connection.evict(connection.lastNs)) {
        evicted++;
        this.touched(connection);
      }
      if (this.#heldBytes + otherBytes() <= enough) break;
    }
    return evicted;
  }

  /** The program run is over: so are its connections, once their last bytes are here. */
  endProcess(processKey: number, timeNs: number): void {
    for (const connection of this.#byProcess.get(processKey) ?? []) {
      connection.exited(timeNs);
      this.touched(connection);
    }
  }

  /** Ends everything. */
  close(reason: string): void {
    // Nothing is under way any more: whatever was closed has ended.
    this.settle(Infinity);
    for (const connection of this.#connections.values()) connection.end("truncated", reason, connection.lastNs);
    this.#connections.clear();
    this.#byProcess.clear();
    this.#waiting.clear();
    this.#heldBytes = 0;
  }

  #forgetIdlest(timeNs: number): void {
    let idlest: TrackedConnection | undefined;
    for (const one of this.#connections.values()) if (idlest === undefined || one.lastNs < idlest.lastNs) idlest = one;
    if (idlest === undefined) return;
    this.#context.drops.add("connection_limit", 0);
    idlest.end("truncated", "connection_limit", timeNs);
    this.forget(idlest);
  }
}

function toFacts(
  fact: RawHeader & (RawData | RawConnection),
  transport: ConnectionFacts["transport"],
  tellsLoss: boolean,
): ConnectionFacts {
  const { connId, processKey, tgid, tid, cgroupId } = fact;
  const facts: ConnectionFacts = {
    connId,
    processKey,
    tgid,
    tid,
    cgroupId,
    transport,
    joinedLate: fact.kind === "data" ? (fact.flags & RecordFlag.joinedLate) !== 0 : fact.joinedLate === true,
    serverSide: fact.kind === "data" ? (fact.flags & RecordFlag.serverSide) !== 0 : fact.serverSide === true,
    ...(tellsLoss && { tellsLoss }),
  };
  if (fact.kind === "data") return facts;
  if (fact.local !== undefined) facts.local = fact.local;
  if (fact.remote !== undefined) facts.remote = fact.remote;
  return fact.library === undefined ? facts : { ...facts, library: fact.library };
}
