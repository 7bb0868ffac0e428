import type { ProcessFacts } from "../model/process.ts";
import type { OispEvent } from "../model/oisp_event.ts";
import type { Enricher } from "./enricher.ts";

type Process = NonNullable<OispEvent["process"]>;
type Actor = NonNullable<OispEvent["actor"]>;

/** Value of the kernel's audit session id where there is none. */
const NO_SESSION = 4_294_967_295;

/** One pair of objects for all events of a program run; the process table gives a new facts object when it learns more. */
const known = new WeakMap<ProcessFacts, { readonly process: Process; readonly actor: Actor | undefined }>();

/** Adds the program that made the call, and the user it ran as. */
export const process: Enricher = {
  id: "process",
  summary: "The program that made the call and the user it ran as",
  stability: "stable",
  enrich(draft, context) {
    const facts = context.processes.find(draft.processKey);
    if (facts === undefined) {
      const pid = draft.exchange?.connection.tgid ?? 0;
      if (pid > 0) draft.event.process ??= { pid };
      return;
    }
    let parts = known.get(facts);
    if (parts === undefined) {
      parts = { process: Object.freeze(toProcess(facts)), actor: toActor(facts) };
      known.set(facts, parts);
    }
    draft.event.process ??= parts.process;
    if (parts.actor !== undefined) draft.event.actor ??= parts.actor;
  },
};

function toProcess(facts: ProcessFacts): Process {
  const found: Process = {};
  if (facts.tgid > 0) found.pid = facts.tgid;
  if (facts.ppid !== undefined) found.ppid = facts.ppid;
  if (facts.exe !== undefined) {
    found.name = facts.exe.slice(facts.exe.lastIndexOf("/") + 1);
    found.exe = facts.exe;
  } else if (facts.comm !== undefined) found.name = facts.comm;
  if (facts.args !== undefined) found.cmdline = [...facts.args];
  if (facts.cwd !== undefined) found.cwd = facts.cwd;
  return found;
}

function toActor(facts: ProcessFacts): Actor | undefined {
  const found: Actor = {};
  if (facts.uid !== undefined) found.uid = facts.uid;
  if (facts.username !== undefined) found.username = facts.username;
  if (facts.gid !== undefined) found.gid = facts.gid;
  if (facts.sessionId !== undefined && facts.sessionId !== NO_SESSION) found.session_id = String(facts.sessionId);
  return Object.keys(found).length === 0 ? undefined : Object.freeze(found);
}
