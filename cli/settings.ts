/** From flags and surroundings to the configuration that holds. */
import type { FlagOverride } from "../core/config/overrides.ts";
import type { ConfigRequest } from "../core/config/load.ts";
import type { Flag, Invocation } from "./command.ts";
import { flagsOf } from "./usage.ts";

/** The user behind sudo, as sudo says; undefined outside sudo. Facts that decide about rights come from the library. */
export function readCallerUid(env: (name: string) => string | undefined): number | undefined {
  const text = env("SUDO_UID");
  return text !== undefined && /^\d{1,10}$/.test(text) && Deno.uid() === 0 ? Number(text) : undefined;
}

function toOverride(flag: Flag, { flags }: Invocation): FlagOverride[] {
  const origin = flags.origin(flag.name);
  if (flag.configKey === undefined || origin === undefined) return [];
  const value = flag.value === undefined ? flags.isOn(flag.name) : flags.text(flag.name) ?? flags.number(flag.name);
  return [{ path: flag.configKey, value, origin }];
}

/** Gives what `loadConfig` needs for a call. */
export function toConfigRequest(invocation: Invocation): ConfigRequest {
  const { io, flags, command } = invocation;
  const callerUid = readCallerUid(io.env);
  const flagFile = flags.origin("config") === "--config" ? flags.text("config") : undefined;
  return {
    env: io.env,
    isRoot: Deno.uid() === 0,
    flags: flagsOf(command).flatMap((flag) => toOverride(flag, invocation)),
    ...(flagFile === undefined ? {} : { flagFile }),
    ...(callerUid === undefined ? {} : { callerUid }),
  };
}
