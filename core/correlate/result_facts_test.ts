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

Deno.test("what a command printed is not what the agent says of it", () => {
  const said = (content: string) => readResultFacts({ content }, "shell");
  assert.deepEqual(said("running\nExit code: 1\nWall time: 3 seconds\n"), {});
  assert.deepEqual(said('{"exit_code": 1, "wall_time_seconds": 9}'), {}, "a file with such members");
  assert.deepEqual(said('{"error": {"code": 1}}'), {});
  assert.deepEqual(said("Exit code: 0\nWall time: 0.25 seconds\nOutput:\nExit code: 7\nWall time: 9 seconds\n"), {
    success: true,
    durationMs: 250,
  });
  const running = "Chunk ID: ab12\nWall time: 10.0016 seconds\nProcess running with session ID 4\nOutput:\nx";
  assert.deepEqual(said(running), { durationMs: 10_001.6 });
});

Deno.test("results of programs in JSON tell their facts before and behind a long output", () => {
  const output = "x".repeat(50_000);
  const content = JSON.stringify({ output, metadata: { exit_code: 3, duration_seconds: 1.5 } });
  assert.deepEqual(readResultFacts({ content }, "shell"), { success: false, durationMs: 1500 });
  assert.deepEqual(readResultFacts({ content }, "file_edit", "apply_patch"), { success: false, durationMs: 1500 });
  assert.deepEqual(readResultFacts({ content }, "file_edit", "Edit"), {});
  const script = "Script completed\nWall time 0.5 seconds\nOutput:\n";
  assert.deepEqual(
    readResultFacts({ content: script + '{"wall_time_seconds":0.4,"exit_code":1,"output":""}' }, "shell"),
    {
      success: false,
      durationMs: 500,
    },
  );
});

Deno.test("an exit code behind the output counts where the agent put it, and only there", () => {
  const said = (content: string) => readResultFacts({ content }, "shell");
  const qwen = (code: string) =>
    `Command: make\nDirectory: (root)\nOutput: Exit Code: 9\nError: (none)\nExit Code: ${code}\nSignal: 0\nProcess Group PGID: 3009`;
  assert.deepEqual([said(qwen("0")), said(qwen("3"))], [{ success: true }, { success: false }]);
  const output = "<untrusted_context>\nOutput: (empty)\nExit Code: 3\nProcess Group PGID: 45\n</untrusted_context>";
  assert.deepEqual(said(JSON.stringify({ output })), { success: false });
  assert.deepEqual(said("Output: x\nExit Code: 3\nProcess Group PGID: 45\nmore"), {});
  assert.deepEqual(said("Output: x\nExit Code: 3\n"), {});
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
