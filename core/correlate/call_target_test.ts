import assert from "node:assert/strict";
import { readCommands, readTarget } from "./call_target.ts";

Deno.test("commands of a call are read from text, words, a shell's own argument and lists", () => {
  assert.deepEqual(readCommands({ cmd: ["bash", "-lc", "ls -l"] }), ["ls -l"]);
  assert.deepEqual(readCommands({ command: ["git", "status"] }), ["git status"]);
  assert.deepEqual(readCommands({ commands: ["make one", " ", "make two"] }), ["make one", "make two"]);
  assert.deepEqual(readCommands(" pwd "), ["pwd"]);
  assert.deepEqual(readCommands({ path: "x" }), []);
  assert.deepEqual(readCommands({ command: 7 }), []);
});

Deno.test("a patch names every file it touches, wherever the call has its text", () => {
  const patch = [
    "*** Begin Patch",
    "*** Update File: src/a.ts",
    "*** Move to: src/b.ts",
    "@@",
    "-*** Add File: not.this",
    "+x",
    "*** Add File: /tmp/c.txt",
    "+y",
    "*** Delete File: d.txt",
    "*** End Patch",
  ].join("\n");
  const paths = ["src/a.ts", "src/b.ts", "/tmp/c.txt", "d.txt"];
  for (const args of [patch, { input: patch }, { patch }, { patchText: patch }]) {
    assert.deepEqual(readTarget("file_edit", args), { commands: [patch], paths, isWriting: true });
  }
  assert.deepEqual(readTarget("shell", { command: ["apply_patch", patch] })?.paths, paths);
  assert.deepEqual(readTarget("file_edit", { type: "update_file", path: "a.ts", diff: "@@" })?.paths, ["a.ts"]);
});

Deno.test("tools that run nothing and touch no file have no target", () => {
  assert.equal(readTarget("web", { url: "https://example.test" }), undefined);
  assert.equal(readTarget(undefined, {}), undefined);
  assert.deepEqual(readTarget("file_read", { filePath: "/a" }), { commands: [], paths: ["/a"], isWriting: false });
});
