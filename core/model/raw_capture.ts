/** Who moved the bytes, seen from the captured process: 1 it sent them, 2 it received them, 0 neither. */
export type Direction = 0 | 1 | 2;
/** `Direction` of bytes the captured process sent. */
export const SENT = 1;
/** `Direction` of bytes the captured process received. */
export const RECEIVED = 2;

/** Values of `RawData.flags` (docs/decisions/0001-record-format.md). */
export const RecordFlag = {
  joinedLate: 1,
  truncated: 2,
  more: 4,
  headsOnly: 8,
  readFault: 16,
  serverSide: 32,
  /** Bytes of the other direction were lost, and none of it were captured since. */
  otherLost: 64,
} as const;

/** Values of the record's `kind` field. */
export const RecordKind = {
  data: 1,
  connection: 2,
  process: 3,
  file: 4,
  dns: 5,
  loss: 6,
  coverage: 7,
  clock: 8,
  advance: 9,
  account: 10,
} as const;

/** Header facts that every capture fact carries. Times are boot-clock nanoseconds (number: 2 ns exact up to a year of uptime). */
export interface RawHeader {
  /** Number in the order in which the library handed it out. Says nothing about losses (docs/decisions/0001-record-format.md). */
  readonly seq: number;
  /** When the probed call began. */
  readonly entryNs: number;
  /** When it returned. */
  readonly returnNs: number;
  /** Process id in the initial PID namespace; 0 when the fact is not about a process. */
  readonly tgid: number;
  /** Thread id. */
  readonly tid: number;
  /** Names one program run of one process; never reused. 0 when unknown. */
  readonly processKey: number;
  /** cgroup v2 id; 0 when unknown. */
  readonly cgroupId: number;
  /** Names one connection; never reused. 0 when the fact is not about one. */
  readonly connId: number;
}

/** Plaintext bytes of one direction of one connection. */
export interface RawData extends RawHeader {
  readonly kind: "data";
  readonly direction: 1 | 2;
  /** Absolute offset of `bytes[0]` in this direction. */
  readonly streamOffset: number;
  /** The bytes; valid only until the source is asked for the next fact, so whoever keeps them copies them. */
  readonly bytes: Uint8Array;
  /** Bit set of `RecordFlag`. */
  readonly flags: number;
  /** Bytes the probed call moved in all. */
  readonly callTotal: number;
  /** Row of the library's probe table. */
  readonly probeId: number;
}

/** An address and port of a connection. */
export interface Endpoint {
  readonly ip: string;
  readonly port: number;
}

/** A connection was opened, bound to an address pair, or closed. */
export interface RawConnection extends RawHeader {
  readonly kind: "connection";
  readonly state: "opened" | "bound" | "closed";
  /** Set when the connection was open before it was seen. */
  readonly joinedLate?: boolean;
  /** TLS library: `openssl`, `gnutls`, ... */
  readonly library?: string;
  readonly local?: Endpoint;
  readonly remote?: Endpoint;
  /** How the pair became known: nested, after, before, struct, prefix. */
  readonly binding?: string;
  /** The process accepted the connection. */
  readonly serverSide?: boolean;
  /** With `closed`: absolute end offsets; the close takes effect when they are reached or lost. */
  readonly sentEnd?: number;
  readonly receivedEnd?: number;
}

/** A process was found (`seen`), forked, ran a new program, or ended. */
export interface RawProcess extends RawHeader {
  readonly kind: "process";
  readonly state: "seen" | "fork" | "exec" | "exit";
  readonly ppid?: number;
  /** `processKey` of the parent program run. */
  readonly parentKey?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly username?: string;
  readonly exe?: string;
  readonly cwd?: string;
  /** Thread name; never used to identify a program. */
  readonly comm?: string;
  /** Arguments with argv[0]. */
  readonly args?: readonly string[];
  /** Only the beginning of the arguments is known; the last one is not whole. */
  readonly argsCut?: boolean;
  readonly cgroup?: string;
  /** Boot-clock start time. */
  readonly startNs?: number;
  /** With `fork`: the child. */
  readonly childTgid?: number;
  readonly childKey?: number;
  /** With `exit`. */
  readonly exitCode?: number;
  readonly signal?: number;
  /** Audit session id. */
  readonly sessionId?: number;
  /** Of a program that nobody asked for and that calls no provider: known, but no event of its own. */
  readonly isBackground?: boolean;
}

/** A file operation; produced by later capture families. */
export interface RawFile extends RawHeader {
  readonly kind: "file";
  readonly operation: "open" | "read" | "write" | "close" | "delete" | "rename";
  readonly path: string;
  readonly newPath?: string;
  readonly bytes?: number;
  /** O_ names. */
  readonly flagNames?: readonly string[];
}

/** A name look-up; produced by later capture families. */
export interface RawDns extends RawHeader {
  readonly kind: "dns";
  readonly name: string;
  readonly queryType: string;
  readonly answers?: readonly string[];
  readonly latencyMs?: number;
}

/** Bytes that were lost, or skipped on purpose. `connId` 0: not attributable. */
export interface RawLoss extends RawHeader {
  readonly kind: "loss";
  readonly reason: string;
  readonly lostBytes: number;
  readonly direction: Direction;
  /** First missing offset, where it is known. */
  readonly streamOffset?: number;
  /** Left out on purpose. */
  readonly skipped?: boolean;
}

/** A program that talks, or may talk, TLS and is (not) covered, and why. */
export interface RawCoverage extends RawHeader {
  readonly kind: "coverage";
  /** Stable reason code, for example `attached`, `static_boringssl`, `http2_not_decoded`, `mapped_late`. */
  readonly reason: string;
  readonly covered: boolean;
  readonly exe?: string;
  readonly library?: string;
  readonly host?: string;
  readonly detail?: string;
  readonly fix?: string;
  /** `mapped_late`: time between mapping and attach. */
  readonly delayMs?: number;
}

/** Ties the boot clock to the wall clock; first in every source, repeated at jumps. */
export interface RawClock extends RawHeader {
  readonly kind: "clock";
  readonly bootNs: number;
  /** `floor(realtime µs) - floor(boot µs)`: add it to a boot time in µs to get µs since 1970. */
  readonly offsetUs: number;
}

/** No fact older than `toNs` is still under way. Lets streams end the same way live and in a replay. */
export interface RawAdvance extends RawHeader {
  readonly kind: "advance";
  readonly toNs: number;
}

/** Byte totals so far; exact in the last one. Keys as in the record format. */
export interface RawAccount extends RawHeader {
  readonly kind: "account";
  readonly seen: number;
  readonly captured: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly lost: Readonly<Record<string, number>>;
  readonly calls: number;
  readonly outOfScopeCalls: number;
  readonly connections: number;
}

/** One fact from the kernel (or from a recording), nothing interpreted. */
export type RawCapture =
  | RawData
  | RawConnection
  | RawProcess
  | RawFile
  | RawDns
  | RawLoss
  | RawCoverage
  | RawClock
  | RawAdvance
  | RawAccount;
