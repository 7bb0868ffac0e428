import assert from "node:assert/strict";
import { readScriptCalls } from "./script_calls.ts";

Deno.test("calls in a script are found with their literal arguments, in order", () => {
  const script = `const a = await tools.exec_command({cmd: "ls -la", timeout_ms: 1e3, env: ['A', "B",], ok: true});
    // and then
    text(await tools.apply_patch(\`*** Begin Patch\\n+x\`));
    await tools.wait();`;
  assert.deepEqual(readScriptCalls(script), [
    { name: "exec_command", arguments: { cmd: "ls -la", timeout_ms: 1000, env: ["A", "B"], ok: true } },
    { name: "apply_patch", arguments: "*** Begin Patch\n+x" },
    { name: "wait" },
  ]);
});

Deno.test("what stands in texts and comments is no call, what stands in computed arguments is", () => {
  const script = [
    "// tools.a({})",
    "/* tools.b({}) */ await tools.run({cmd: 'grep tools.c( -r .'});",
    'text("tools.d({})"); const s = `tools.e({}) ${tools.f({x: 1})} tools.g()`;',
    "mytools.h({}); tools.i(await tools.j({y: 2}));",
  ].join("\n");
  assert.deepEqual(readScriptCalls(script), [
    { name: "run", arguments: { cmd: "grep tools.c( -r ." } },
    { name: "f", arguments: { x: 1 } },
    { name: "i" },
    { name: "j", arguments: { y: 2 } },
  ]);
});

Deno.test("a call by a name in brackets is a call", () => {
  assert.deepEqual(readScriptCalls(`tools["mcp__files__read"]({path: "/a"})`), [
    { name: "mcp__files__read", arguments: { path: "/a" } },
  ]);
});

Deno.test("computed arguments are left out, not guessed", () => {
  for (const args of ["{cmd: a + b}", "`ls ${x}`", "f(1)", "{...rest}", '"a" + b', "{cmd: 'x'", "'open"]) {
    assert.deepEqual(readScriptCalls(`tools.run(${args})`), [{ name: "run" }], args);
  }
});

Deno.test("escapes of literals are undone", () => {
  const [call] = readScriptCalls(String.raw`tools.t({"a\tb": 'it\'s \u0041\x42 \q'})`);
  assert.deepEqual(call?.arguments, { "a\tb": "it's AB q" });
});

Deno.test("a key named __proto__ is data", () => {
  const [call] = readScriptCalls('tools.t({"__proto__": {"x": 1}})');
  assert.equal(JSON.stringify(call?.arguments), '{"__proto__":{"x":1}}');
});

Deno.test("scripts of any shape end: seeded pieces never throw, calls are bounded", () => {
  const pieces = [
    "tools.a(",
    "{",
    "}",
    "[",
    "]",
    '"',
    "'",
    "`",
    "\\",
    "\\u00",
    "${",
    ",",
    ":",
    "1",
    "-",
    "null",
    "x",
    " ",
    "\n",
    ")",
  ];
  let seed = 7;
  for (let round = 0; round < 2000; round++) {
    let script = "";
    for (let i = 0; i < 40; i++) {
      seed = (seed * 48271) % 2147483647;
      script += pieces[seed % pieces.length];
    }
    assert.ok(readScriptCalls(script).length <= 64);
  }
  assert.equal(readScriptCalls("tools.a(1);".repeat(1000)).length, 64);
  assert.deepEqual(readScriptCalls(`tools.a(${"[".repeat(100_000)})`), [{ name: "a" }]);
});
