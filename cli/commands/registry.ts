import type { Command } from "../command.ts";
import { COMPLETIONS } from "./completions.ts";
import { CONFIG } from "./config.ts";
import { DECODE } from "./decode.ts";
import { DEMO } from "./demo.ts";
import { DOCTOR } from "./doctor.ts";
import { HELP } from "./help.ts";
import { MAN } from "./man.ts";
import { RECORD_COMMAND } from "./record.ts";
import { REDACT } from "./redact.ts";
import { REPLAY } from "./replay.ts";
import { RUN } from "./run.ts";
import { SCHEMA } from "./schema.ts";
import { STATUS } from "./status.ts";
import { TAIL } from "./tail.ts";
import { VERSION } from "./version.ts";

/** Every command, in the order of help. */
export const COMMANDS: readonly Command[] = [
  RECORD_COMMAND,
  RUN,
  TAIL,
  REPLAY,
  DECODE,
  REDACT,
  DEMO,
  DOCTOR,
  STATUS,
  SCHEMA,
  CONFIG,
  VERSION,
  COMPLETIONS,
  MAN,
  HELP,
];

/** Commands of later versions, so that a call gets a clear answer. */
export const LATER_COMMANDS: readonly string[] = ["show", "report", "export", "top", "baseline", "mock", "web"];
