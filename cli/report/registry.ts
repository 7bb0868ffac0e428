import { JSON_REPORT } from "./json.ts";
import type { Report } from "./report.ts";

/** Every format of `--report`. */
export const REPORTS: readonly Report[] = [JSON_REPORT];
