import { recording, type RecordingRun } from "../../core/capture/recording.ts";
import type { Invocation } from "../command.ts";
import { runOffline } from "../offline.ts";
import { findCallerInput } from "../output/caller_files.ts";
import { toKeyId } from "../output/state_folder.ts";

/** Makes the events of a recording again. With another key than it was made with, `original_hash` is left out. */
export function run(invocation: Invocation): Promise<number> {
  let opened: RecordingRun | undefined;
  const open = async () => {
    const from = await findCallerInput(invocation.args[0] ?? "-", invocation.io.env);
    return opened = await recording.open({ from });
  };
  return runOffline(invocation, open, "lines", (_, key) => {
    const keyId = opened?.header.redactionKeyId;
    return keyId === undefined || keyId === toKeyId(key);
  });
}
