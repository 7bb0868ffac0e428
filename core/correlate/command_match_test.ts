import assert from "node:assert/strict";
import { matchCommand } from "./command_match.ts";

Deno.test("commands are compared however an agent wrapped and quoted them", () => {
  const wrapped = `source ~/.snapshot && eval 'echo '"'"'a b'"'"' > out' < /dev/null && pwd -P >| /tmp/cwd`;
  assert.equal(matchCommand("echo 'a b' > out", "/bin/bash", ["-c", wrapped])?.rule, "argv_contains");
  assert.equal(matchCommand("git status", "/usr/bin/git", ["status"])?.rule, "argv_exact");
  assert.equal(matchCommand("git status && ls", "/usr/bin/git", ["status"])?.rule, "first_word");
  assert.equal(matchCommand("ls", "/bin/bash", ["-c", "tools --false"]), undefined);
});

Deno.test("commands are recognised by their beginning where the kernel cut a long command line", () => {
  const long = `cat > a.txt <<'END'\n${"a line of a file ".repeat(200)}\nEND`;
  assert.deepEqual(matchCommand(long, "/bin/bash", ["-c", long.slice(0, 1000)]), {
    rule: "argv_begins",
    confidence: 0.8,
  });
  assert.equal(matchCommand(long, "/bin/bash", ["-c", long.slice(0, 999) + "\ufffd"])?.rule, "argv_begins");
  assert.equal(matchCommand(long, "/bin/bash", ["-c", "x" + long.slice(0, 1000)]), undefined);
  assert.equal(matchCommand(long, "/bin/bash", ["-c", long.slice(0, 40)]), undefined);
});
