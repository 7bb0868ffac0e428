/**
 * JSON payloads of control records: which fields each kind has, and how they become fields of a fact and back. One table, so
 * that reader and writer cannot disagree.
 */

/** What a field's value must be; anything else is left out. `count`: whole number ≥ 0. `amount`: finite number ≥ 0. */
export type FieldType = "count" | "amount" | "text" | "bool" | "texts" | "endpoint" | "counts" | readonly string[];

/** Fields of one payload: name in the fact → type. The JSON name is its snake_case unless `jsonNames` says otherwise. */
export interface FieldTable {
  readonly fields: Readonly<Record<string, FieldType>>;
  /** Fields without which the record is damaged. */
  readonly required: readonly string[];
  readonly jsonNames?: Readonly<Record<string, string>>;
}

/** Payload tables by `RawCapture.kind`. `clock` has its own coder: its two times become one offset. */
export const FIELD_TABLES: Readonly<Record<string, FieldTable>> = {
  connection: {
    fields: {
      state: ["opened", "bound", "closed"],
      joinedLate: "bool",
      library: "text",
      local: "endpoint",
      remote: "endpoint",
      binding: "text",
      serverSide: "bool",
      sentEnd: "count",
      receivedEnd: "count",
    },
    required: ["state"],
  },
  process: {
    fields: {
      state: ["seen", "fork", "exec", "exit"],
      ppid: "count",
      parentKey: "count",
      uid: "count",
      gid: "count",
      username: "text",
      exe: "text",
      cwd: "text",
      comm: "text",
      args: "texts",
      argsCut: "bool",
      cgroup: "text",
      startNs: "count",
      childTgid: "count",
      childKey: "count",
      exitCode: "count",
      signal: "count",
      sessionId: "count",
      isBackground: "bool",
    },
    required: ["state"],
  },
  file: {
    fields: {
      operation: ["open", "read", "write", "close", "delete", "rename"],
      path: "text",
      newPath: "text",
      bytes: "count",
      flagNames: "texts",
    },
    required: ["operation", "path"],
  },
  dns: {
    fields: { name: "text", queryType: "text", answers: "texts", latencyMs: "amount" },
    required: ["name", "queryType"],
  },
  loss: {
    fields: { reason: "text", lostBytes: "count", streamOffset: "count", skipped: "bool" },
    required: ["reason", "lostBytes"],
    jsonNames: { lostBytes: "bytes", streamOffset: "offset" },
  },
  coverage: {
    fields: {
      reason: "text",
      covered: "bool",
      exe: "text",
      library: "text",
      host: "text",
      detail: "text",
      fix: "text",
      delayMs: "amount",
    },
    required: ["reason", "covered"],
  },
  advance: { fields: { toNs: "count" }, required: ["toNs"] },
  account: {
    fields: {
      seen: "count",
      captured: "count",
      skipped: "counts",
      lost: "counts",
      calls: "count",
      outOfScopeCalls: "count",
      connections: "count",
    },
    required: ["seen", "captured", "skipped", "lost", "calls", "outOfScopeCalls", "connections"],
  },
};

/** Longest JSON payload that is parsed; a control fact is never near it. */
export const MAX_PAYLOAD_BYTES = 4 * 1024 * 1024;

/**
 * Copies the fields of `table` from a parsed payload into `target`. Fields of a wrong type are left out. Returns false when
 * `json` is no object or a required field is missing.
 */
export function readFields(json: unknown, table: FieldTable, target: Record<string, unknown>): boolean {
  if (!isRecord(json)) return false;
  for (const [name, type] of Object.entries(table.fields)) {
    const value = readValue(json[toJsonName(name, table)], type);
    if (value !== undefined) target[name] = value;
  }
  return table.required.every((name) => target[name] !== undefined);
}

/** Gives the JSON payload of a fact: the inverse of `readFields`. */
export function writeFields(fact: object, table: FieldTable): Record<string, unknown> {
  const json: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fact)) {
    if (table.fields[name] !== undefined && value !== undefined) json[toJsonName(name, table)] = value;
  }
  return json;
}

function toJsonName(name: string, table: FieldTable): string {
  return table.jsonNames?.[name] ?? name.replace(/[A-Z]/g, (letter) => "_" + letter.toLowerCase());
}

function readValue(value: unknown, type: FieldType): unknown {
  if (value === undefined || value === null) return undefined;
  if (typeof type !== "string") return typeof value === "string" && type.includes(value) ? value : undefined;
  switch (type) {
    case "count":
      return isCount(value) ? value : undefined;
    case "amount":
      return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
    case "text":
      return typeof value === "string" ? value : undefined;
    case "bool":
      return typeof value === "boolean" ? value : undefined;
    case "texts":
      return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined;
    case "endpoint":
      return isRecord(value) && typeof value.ip === "string" && isCount(value.port)
        ? { ip: value.ip, port: value.port }
        : undefined;
    case "counts":
      return isRecord(value)
        ? Object.fromEntries(Object.entries(value).filter(([, item]) => isCount(item)))
        : undefined;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** True for a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
