import assert from "node:assert/strict";
import { readResultFacts } from "./result_facts.ts";

Deno.test("a shell result tells its exit code and wall time", () => {
  const content = 'Wall time: 0.0510 seconds\n{"wall_time_seconds":0.051,"exit_code":2,"output":"no"}';
  assert.deepEqual(readResultFacts({ content }, "shell"), { success: false, durationMs: 51 });
  assert.deepEqual(readResultFacts({ content: "Process exited with code 0\nok" }, "shell"), { success: true });
});

Deno.test("a failing exit code counts although the format says nothing failed", () => {
  assert.deepEqual(readResultFacts({ content: "Exit code 1\nboom", isError: false }, "shell"), { success: false });
});

Deno.test("numbers in the output of other tools say nothing", () => {
  assert.deepEqual(readResultFacts({ content: '{"exit_code": 1}' }, "file_read"), {});
  assert.deepEqual(readResultFacts({ content: `${"x\n".repeat(3000)}Exit code 1` }, "shell"), {});
});

Deno.test("the format's own flag and an error object tell failure", () => {
  assert.deepEqual(readResultFacts({ isError: true, content: "no" }, "web"), { success: false });
  assert.deepEqual(readResultFacts({ isError: false }, "web"), { success: true });
  assert.deepEqual(readResultFacts({ content: '{"error": {"code": 1}}' }, undefined), { success: false });
  assert.deepEqual(readResultFacts({ content: '{"error": null}' }, undefined), {});
});
