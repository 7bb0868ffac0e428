/** Replies of the library's control operations, checked. */
import * as v from "valibot";
import type { Finding } from "../core/model/finding.ts";

const FindingSchema = v.object({
  code: v.string(),
  severity: v.picklist(["error", "warning", "info"]),
  what: v.string(),
  why: v.optional(v.string()),
  fix: v.optional(v.string()),
});

const TlsRow = v.looseObject({
  path: v.optional(v.string()),
  library: v.optional(v.string()),
  covered: v.boolean(),
  tier: v.optional(v.unknown()),
  reason: v.optional(v.string()),
  detail: v.optional(v.string()),
  fix: v.optional(v.string()),
});

/** Reply of `doctor`. */
export const DoctorReply = v.looseObject({
  can_capture: v.boolean(),
  kernel: v.nullish(v.string()),
  features: v.array(v.object({
    feature: v.string(),
    works: v.boolean(),
    how: v.string(),
    instead: v.optional(v.string()),
  })),
  libraries: v.array(TlsRow),
  findings: v.array(FindingSchema),
});

/** Reply of `explain_pid`. */
export const ExplainPidReply = v.looseObject({
  pid: v.number(),
  comm: v.optional(v.string()),
  exe: v.optional(v.string()),
  username: v.optional(v.string()),
  cgroup: v.optional(v.string()),
  args: v.optional(v.array(v.string())),
  tls: v.array(TlsRow),
  findings: v.array(FindingSchema),
});

/** A checked reply of `doctor`. */
export type DoctorReply = v.InferOutput<typeof DoctorReply>;
/** A checked reply of `explain_pid`. */
export type ExplainPidReply = v.InferOutput<typeof ExplainPidReply>;

/** Gives the library's findings as ours: absent parts are absent. */
export function toFindings(rows: readonly v.InferOutput<typeof FindingSchema>[]): Finding[] {
  return rows.map(({ code, severity, what, why, fix }) => ({
    code,
    severity,
    what,
    ...(why === undefined ? {} : { why }),
    ...(fix === undefined ? {} : { fix }),
  }));
}
