/** What agents really start and write for a call: wrapped, quoted, below helpers, by relative paths. */
import assert from "node:assert/strict";
import type { DraftEvent } from "../model/draft.ts";
import {
  AGENT,
  at,
  call,
  exec,
  factOf,
  linkOf,
  playEffects,
  resultOf,
  tellEffects,
} from "../../tests/support/effect_drafts.ts";

const ruleOf = (draft: DraftEvent) => `${linkOf(draft)?.event_id} ${linkOf(draft)?.rule}`;

/** An edit, or a read, of the agent. */
const fileCall = (id: string, kind: string, args: unknown): DraftEvent =>
  factOf("agent.tool_call", id, AGENT, { tool: { name: "x", kind }, call_id: `call_${id}`, arguments: args });

Deno.test("effects finds a command that an agent wrapped, quoted again, or handed to a sandbox", () => {
  const command = `printf '%s\\n' "it's" | tee out.txt`;
  const quoted = command.replaceAll("'", `'"'"'`);
  const wrapped: readonly (readonly [string, readonly string[]])[] = [
    ["/bin/bash", ["-c", `source /home/a/.snap.sh && eval '${quoted}' \\< /dev/null && pwd -P >| /tmp/cwd-1`]],
    ["/bin/bash", ["-lc", command]],
    ["/usr/bin/bwrap", ["--ro-bind", "/", "/", "--", "bash", "-lc", command]],
    ["/bin/bash", ["-c", `shopt -u promptvars; { ${command}; }; __code=$?; pgrep -g 0 > /tmp/x; exit $__code;`]],
  ];
  for (const [exe, args] of wrapped) {
    const program = exec(10, args, exe);
    playEffects([call("A", command), program]);
    assert.match(ruleOf(program), /^A argv_(?:exact|contains)$/, exe);
  }
});

Deno.test("effects gives each of the commands of one call its program, and takes them for no tie", () => {
  const asked = call("A", "", { command: undefined, commands: ["make one", "make two"] });
  const programs = [exec(10, ["-lc", "make one"]), exec(11, ["-lc", "make two"])];
  playEffects([asked, ...programs]);
  assert.deepEqual(programs.map(ruleOf), ["A argv_exact", "A argv_exact"]);
});

Deno.test("effects takes a program by the command's first word only where the call's own directory is the program's", () => {
  const started = (workdir: string, cwd: string) => {
    const program = exec(10, ["one"], "/usr/bin/make", { cwd });
    playEffects([call("A", "make one && make two", { workdir }), program]);
    return linkOf(program)?.rule;
  };
  assert.equal(started("/w", "/w"), "first_word");
  assert.equal(started("/w/", "/w"), "first_word");
  assert.equal(started("/w", "/v"), undefined);
});

Deno.test("effects keeps what a background task started with its call after the result, through forks", () => {
  const asked = call("A", "npm run dev", { run_in_background: true });
  const shell = exec(10, ["-c", "npm run dev"]);
  const late = exec(20, ["dev"], "/usr/bin/npm");
  const connect = factOf("network.connect", "c", 21, { tls: true });
  playEffects([asked, shell, resultOf("A"), late, connect]);
  assert.deepEqual([ruleOf(late), ruleOf(connect)], ["A started_by", "A started_by"]);
});

Deno.test("effects makes relative paths absolute by what the agent told the model, else by where it was started", () => {
  const written = (path: string, systemPrompt: string | undefined, writes: string) => {
    const exchange = {} as NonNullable<DraftEvent["exchange"]>;
    const request = { messages: [], tools: [], ...(systemPrompt !== undefined && { systemPrompt }) };
    const answer = { ...factOf("ai.response", "R", AGENT, {}), exchange, call: { dialect: "t", request } as never };
    const write = factOf("file.write", "w", AGENT, { path: writes });
    playEffects([answer, { ...fileCall("E", "file_write", { path, content: "x" }), exchange }, write]);
    return linkOf(write)?.rule;
  };
  const told = "You help.\nPrimary working directory: /w/project\n";
  assert.equal(written("src/a.ts", told, "/w/project/src/a.ts"), "path_exact");
  assert.equal(written("../b.ts", told, "/w/b.ts"), "path_exact");
  assert.equal(written("src/a.ts", told, "/home/a/src/a.ts"), undefined);
  assert.equal(written("src/a.ts", undefined, "/home/a/src/a.ts"), "path_exact");
});

Deno.test("effects links every file of a patch, and none that two open calls name", () => {
  const patch = "*** Begin Patch\n*** Update File: a.ts\n@@\n-x\n+y\n*** Add File: /tmp/b.ts\n+z\n*** End Patch";
  const writes = ["/home/a/a.ts", "/tmp/b.ts", "/tmp/c.ts"].map((path) => factOf("file.write", path, AGENT, { path }));
  playEffects([fileCall("P", "file_edit", patch), ...writes]);
  assert.deepEqual(writes.map((write) => linkOf(write)?.event_id), ["P", "P", undefined]);
  const both = factOf("file.write", "both", AGENT, { path: "/tmp/b.ts" });
  playEffects([fileCall("P", "file_edit", patch), fileCall("Q", "file_write", { path: "/tmp/b.ts" }), both]);
  assert.equal(linkOf(both), undefined);
});

Deno.test("effects finds the program that an agent hands its patch to", () => {
  const patch = "*** Begin Patch\n*** Add File: a.ts\n+x\n*** End Patch";
  const program = exec(10, ["--run-as-apply-patch", patch], "/usr/bin/codex");
  playEffects([fileCall("P", "file_edit", patch), at(program, 1)]);
  assert.equal(ruleOf(program), "P argv_exact");
});

Deno.test("effects takes a file written under another name and put in the place of the one a call names for its write", () => {
  const edit = fileCall("E", "file_edit", { file_path: "/tmp/a.txt" });
  const renamed = (from: string, path: string): DraftEvent => ({
    ...factOf("file.write", `renamed ${from}`, AGENT, { path }),
    isSilent: true,
    renamedFrom: from,
  });
  const write = factOf("file.write", "w", AGENT, { path: "/tmp/a.txt.tmp.7" });
  const [told, ...others] = tellEffects([
    edit,
    renamed("/tmp/b", "/tmp/a.txt"),
    write,
    renamed("/tmp/a.txt.tmp.7", "/tmp/c.txt"),
    at(renamed("/tmp/a.txt.tmp.7", "/tmp/a.txt"), 2),
  ]);
  assert.deepEqual(others, []);
  assert.deepEqual([told?.isSilent, told?.event.attrs], [undefined, { renamed_from: "/tmp/a.txt.tmp.7" }]);
  assert.equal(told === undefined ? undefined : ruleOf(told), "E path_renamed");
  assert.equal(linkOf(write), undefined);
});
